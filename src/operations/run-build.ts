/** One build: where its source is, and how it runs with its output in the log of its operation. */
import type { CodeSource } from "../domain/code-source.ts";
import { type Extensions, parseExtensions } from "../domain/extension.ts";
import type { PinnedSecrets } from "../domain/secret.ts";
import type { Service, ServiceConfiguration } from "../domain/service.ts";
import type { BuildRequest, BuiltImage } from "../ports/builder.ts";
import { SecretUnavailable, type SecretValues } from "../ports/secret-values.ts";
import type { CodeLocation } from "../ports/source-code.ts";
import { BuildLog } from "./build-log.ts";
import type { StepContext } from "./executor.ts";
import { readerFor, readNow } from "./pinned-secrets.ts";
import { ownerOf } from "./story.ts";

export interface BuildJob {
  readonly service: Service;
  /** In whose log the output goes. */
  readonly operationId: string;
  readonly configuration: ServiceConfiguration;
  readonly treeDirectory: string;
  readonly wish: BuildWish;
  readonly onPlan: BuildRequest["onPlan"];
  /** What instances get, as far as it is known when it is asked. */
  readonly instanceSecrets: () => PinnedSecrets;
}

/** What the tags of a service say of its builds. */
export type BuildWish = Pick<Extensions, "dockerfile" | "buildSecrets">;

/** Throws SecretRefused before it begins; BuildError, after all that the build said is in the log. */
export async function runBuild(
  { ports }: StepContext,
  { service, operationId, configuration, treeDirectory, wish, onPlan, instanceSecrets }: BuildJob,
  signal: AbortSignal,
): Promise<BuiltImage> {
  const secrets = await readNow(readerFor(ports, configuration), wish.buildSecrets);
  const log = new BuildLog(ports.log, ownerOf(service), { operationId, attempt: ports.ids.hex32() });
  const onLine = log.add.bind(log);
  try {
    return await ports.builder.build(
      {
        serviceId: service.id,
        operationId,
        treeDirectory,
        source: codeOf(configuration),
        dockerfile: wish.dockerfile,
        secrets,
        maskedValues: () => readableValues(ports.secretValues, instanceSecrets()),
        onPlan,
        onLine,
      },
      signal,
    );
  } finally {
    await log.written();
  }
}

/** Those that are there: a build needs none of them, and one that is gone cannot be hidden. */
async function readableValues(values: SecretValues, pinned: PinnedSecrets): Promise<readonly string[]> {
  const read = Object.values(pinned).map((secret) =>
    values.read(secret).catch((error: unknown) => {
      if (error instanceof SecretUnavailable) return null;
      throw error;
    }),
  );
  return (await Promise.all(read)).filter((value) => value !== null);
}

export async function buildWish({ ports }: StepContext, service: Service): Promise<BuildWish> {
  const { dockerfile, buildSecrets } = parseExtensions(await ports.store.tags.list(service.arn));
  return { dockerfile, buildSecrets };
}

export function locationOf(service: Service, configuration: ServiceConfiguration): CodeLocation {
  const { repositoryUrl, branch, sourceDirectory } = codeOf(configuration);
  const connectionArn = configuration.connectionArn ?? null;
  const place = { serviceId: service.id, repositoryUrl, branch, sourceDirectory, connectionArn };
  return service.encryptionKeyArn === null ? place : { ...place, isForgotten: true };
}

export function codeOf({ source }: ServiceConfiguration): CodeSource {
  if (source.kind === "code") return source;
  throw new Error("a service made from an image has no source code");
}
