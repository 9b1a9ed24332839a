/** Everything between a repository and an image: vault, connections, Git, hosted repositories, base images, builder. */
import type { Logger } from "pino";
import type { BuildLimits } from "../builder/buildkit/build-limits.ts";
import { LocalRuntimeBases } from "../builder/runtimes/local-runtime-bases.ts";
import { DockerBuilder } from "../builder/docker-builder.ts";
import { hostedRepositoryName } from "../domain/hosted-url.ts";
import type { Store } from "../ports/store.ts";
import type { SealedVault } from "../secrets/sealed-vault.ts";
import { ConnectionCredentials } from "../sources/connections/connection-credentials.ts";
import { ProviderApiClient } from "../sources/connections/provider-api-client.ts";
import { GitSourceCode } from "../sources/git/git-source-code.ts";
import { HostedGitRepositories } from "../sources/hosted/hosted-git-repositories.ts";
import type { ChangeBoard } from "../store/change-board.ts";
import type { Settings } from "./settings.ts";
import { statePath } from "./state-directory.ts";
import { ENGINE_PORTS } from "./registry-network.ts";
import { systemClock } from "./system-clock.ts";

export interface SourcePartsRequest {
  readonly settings: Settings;
  readonly store: Store;
  readonly vault: SealedVault;
  readonly logger: Logger;
  /** Also the owner of what is put on the engine. */
  readonly installationId: string;
  /** Told of repositories that are hosted here. */
  readonly changes: Pick<ChangeBoard, "tell">;
}

export type SourceParts = ReturnType<typeof buildSourceParts>;

export function buildSourceParts(request: SourcePartsRequest) {
  const { settings, store, vault, logger, installationId, changes } = request;
  const { stateDirectory, dockerSocket: socketPath } = settings;
  const { gitOverHttp: allowPlainHttp, apiPort, internalPort } = settings;
  const network = { allowPlainHttp, ownPorts: [...ENGINE_PORTS, apiPort, internalPort] };
  const api = new ProviderApiClient(network);
  const credentials = new ConnectionCredentials({ store, vault, api, clock: systemClock });
  const hosted = new HostedGitRepositories({
    directory: statePath(stateDirectory, "hosted"),
    onChange: (repository) => changes.tell({ kind: "repository", repository }),
  });
  const sourceCode = new GitSourceCode({
    directory: statePath(stateDirectory, "sources"),
    credentials,
    hostedPath: (url) => hostedPath(hosted, url),
    removeHosted: async (url, serviceName) => {
      if (hostedRepositoryName(url) === serviceName) await hosted.remove(serviceName);
    },
    mirrorBytesMax: settings.sourceCacheMiB * MIB,
    ...network,
  });
  const bases = new LocalRuntimeBases({ socketPath, workDirectory: statePath(stateDirectory, "bases") });
  const builder = new DockerBuilder({
    socketPath,
    ownerId: installationId,
    bases,
    limits: buildLimits(settings),
    report: (event, details) => logger.info(details, event),
  });
  return { vault, api, credentials, hosted, sourceCode, bases, builder };
}

const MIB = 1024 ** 2;
const MINUTE_MS = 60_000;

export function buildLimits({
  buildMemoryMiB,
  buildMinutes,
  buildsAtOnce,
}: Pick<Settings, "buildMemoryMiB" | "buildMinutes" | "buildsAtOnce">): Partial<BuildLimits> {
  const memory = buildMemoryMiB === undefined ? {} : { memoryBytes: buildMemoryMiB * MIB };
  return { ...memory, durationMs: buildMinutes * MINUTE_MS, atOnce: buildsAtOnce };
}

function hostedPath(hosted: HostedGitRepositories, repositoryUrl: string): string | null {
  const name = hostedRepositoryName(repositoryUrl);
  return name === null ? null : hosted.pathOf(name);
}
