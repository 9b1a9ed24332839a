/** How Git hosts want to be told the status of a commit. Pure. */
import type { ProviderType } from "../../domain/configuration.ts";
import type { CommitState } from "../../domain/source-watch.ts";
import type { ApiAccess } from "../connections/connection-credentials.ts";
import type { ProviderCall } from "../connections/provider-api-client.ts";
import { parseRepositoryAddress } from "../git/repository-address.ts";

export interface CommitStatus {
  readonly repositoryUrl: string;
  readonly commitId: string;
  readonly state: CommitState;
  /** Tells the services of one repository apart. */
  readonly serviceName: string;
  readonly description: string;
  readonly targetUrl: string;
}

type Shape = (path: string, status: CommitStatus) => { readonly path: string; readonly body: unknown };

/** The shortest that a host takes: GitHub's. */
const DESCRIPTION_MAX = 140;

const github: Shape = (path, { commitId, state, serviceName, description, targetUrl }) => ({
  path: `/repos/${path}/statuses/${commitId}`,
  body: { state, context: `slipway/${serviceName}`, description, target_url: targetUrl },
});

const SHAPES: Readonly<Record<ProviderType, Shape | null>> = {
  GITHUB: github,
  GITEA: github,
  GITLAB: (path, { commitId, state, serviceName, description, targetUrl }) => ({
    path: `/projects/${encodeURIComponent(path)}/statuses/${commitId}`,
    body: {
      state: { pending: "running", success: "success", failure: "failed" }[state],
      name: `slipway/${serviceName}`,
      description,
      target_url: targetUrl,
    },
  }),
  BITBUCKET: (path, { commitId, state, serviceName, description, targetUrl }) => ({
    path: `/repositories/${path}/commit/${commitId}/statuses/build`,
    body: {
      key: `slipway-${serviceName}`.slice(0, 40),
      state: { pending: "INPROGRESS", success: "SUCCESSFUL", failure: "FAILED" }[state],
      name: `slipway/${serviceName}`,
      description,
      url: targetUrl,
    },
  }),
  GIT: null,
};

/** Null where the provider has no such thing, or the repository is not the provider's. */
export function statusCall(access: ApiAccess, status: CommitStatus): ProviderCall | null {
  const path = repositoryPath(status.repositoryUrl, access.serverUrl);
  const shape = SHAPES[access.providerType];
  if (path === null || shape === null) return null;
  const description = status.description.slice(0, DESCRIPTION_MAX);
  const call = shape(path, { ...status, description });
  return {
    method: "POST",
    url: access.base + call.path,
    authorization: access.authorization,
    body: call.body,
  };
}

/** `owner/name` of `https://host/owner/name.git`. */
function repositoryPath(repositoryUrl: string, serverUrl: string): string | null {
  const { origin, path } = parseRepositoryAddress(repositoryUrl);
  const server = new URL(serverUrl);
  const root = server.pathname.replace(/\/+$/, "");
  if (origin !== server.origin || !path.startsWith(`${root}/`)) return null;
  return path
    .slice(root.length + 1)
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
}
