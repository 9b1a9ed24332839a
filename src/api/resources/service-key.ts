/** The key of KMS that a service names: its logs are encrypted under it, and its sources are not kept. */
import { keyProblem } from "../../domain/encryption-key.ts";
import { SlipwayError } from "../../domain/error.ts";
import { hostedRepositoryName } from "../../domain/hosted-url.ts";
import type { Principal } from "../../domain/identity.ts";
import { liveServiceStatuses, type Service, type Source } from "../../domain/service.ts";
import type { ServiceTable } from "../../ports/store.ts";
import { assertAllowed } from "../authorization.ts";
import type { HandlerContext } from "../handler.ts";

/** What App Runner needs of a key, and so whoever gives it one. [AWS] */
const NEEDED = ["kms:GenerateDataKey", "kms:Decrypt"];
const PATH = "EncryptionConfiguration.KmsKey";

/** Throws AccessDeniedException; InvalidParameter for a key that is not here or cannot be used. */
export async function assertMayUseKey(
  keyArn: string,
  caller: Principal,
  context: Pick<HandlerContext, "store" | "scope" | "authorizer">,
): Promise<void> {
  const resource = { arn: keyArn, told: keyArn };
  for (const action of NEEDED) {
    await assertAllowed({ action, resource }, { principal: caller, conditions: new Map() }, context);
  }
  const problem = keyProblem(keyArn, await context.store.encryptionKeys.get(keyArn));
  if (problem === null) return;
  throw new SlipwayError("InvalidParameter", { path: PATH, problem: problem.text });
}

/** Throws InvalidParameter: what was pushed here stays here as it is, whichever services are made from it. */
export function assertNotHosted(source: Source, keyArn: string | null): void {
  if (keyArn === null || source.kind !== "code" || hostedRepositoryName(source.repositoryUrl) === null)
    return;
  const problem =
    "a repository that Slipway hosts is not encrypted under a key; give a service with a key a repository elsewhere, or an image";
  throw new SlipwayError("InvalidParameter", {
    path: "SourceConfiguration.CodeRepository.RepositoryUrl",
    problem,
  });
}

/** Services that name one, and are not deleted. */
export async function servicesWithKeys({
  services,
}: {
  readonly services: Pick<ServiceTable, "listByStatus">;
}): Promise<readonly Service[]> {
  const live = await services.listByStatus(liveServiceStatuses);
  return live.filter(({ encryptionKeyArn }) => encryptionKeyArn !== null);
}
