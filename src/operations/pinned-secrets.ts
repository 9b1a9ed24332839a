/**
 * Which versions of which secrets a release has, and their values. A deployment looks the versions up, and every start of
 * an instance reads those and no others: whoever rotates a secret deploys. [App Runner] Values are on no record.
 */
import { ENVIRONMENT_MAX_BYTES, entryBytes, entryProblem } from "../domain/environment.ts";
import type { PinnedSecret, PinnedSecrets, SecretReferences } from "../domain/secret.ts";
import type { ServiceConfiguration } from "../domain/service.ts";
import type { SecretAccess } from "../ports/secret-access.ts";
import { SecretUnavailable, type SecretValues } from "../ports/secret-values.ts";
import type { Ports } from "./executor.ts";

/** The secret of one variable, or of a build, cannot be used. The message names its reference. */
export class SecretRefused extends Error {
  override readonly name = "SecretRefused";
  readonly of: SecretUse;
  /** Name of the variable, or id of the build's secret. */
  readonly subject: string;

  constructor(of: SecretUse, subject: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.of = of;
    this.subject = subject;
  }
}

type SecretUse = "variable" | "build";

/** What a configuration names by itself: those of `apprunner.yaml` are known when a build has begun. */
export function secretsNamedBy({ source }: ServiceConfiguration): SecretReferences {
  if (source.kind === "image") return source.environmentSecrets;
  return source.values?.environmentSecrets ?? {};
}

/** Throws SecretRefused for those of `apprunner.yaml` that whoever gave the service its source need not be allowed to read. */
export function assertFileTrusted(
  { source, instance, refusesFileSecrets }: ServiceConfiguration,
  references: SecretReferences,
): void {
  const [name] = Object.keys(references);
  const isOfFile = source.kind === "code" && source.values === null;
  if (name === undefined || !isOfFile || refusesFileSecrets !== true) return;
  if (instance.instanceRoleArn !== undefined) return;
  throw new SecretRefused(
    "variable",
    name,
    `apprunner.yaml names the secret ${references[name]}, and the service has no instance role: give it one that may read the secret.`,
  );
}

/** The versions of all of them; null while some are not looked up. */
export function pinnedFor(references: SecretReferences, known: PinnedSecrets): PinnedSecrets | null {
  const pinned: [string, PinnedSecret][] = [];
  for (const [name, reference] of Object.entries(references)) {
    const found = knownVersion(known, name, reference);
    if (found === null) return null;
    pinned.push([name, found]);
  }
  return Object.fromEntries(pinned);
}

function knownVersion(known: PinnedSecrets, name: string, reference: string): PinnedSecret | null {
  const pinned = Object.hasOwn(known, name) ? known[name] : undefined;
  return pinned?.reference === reference ? pinned : null;
}

/** Where a deployment reads, and in whose name. */
export interface SecretReader {
  readonly values: SecretValues;
  readonly access: SecretAccess;
  /** Null: whoever named the secrets was asked when they did. */
  readonly roleArn: string | null;
}

export function readerFor(
  { secretValues: values, secretAccess: access }: Pick<Ports, "secretValues" | "secretAccess">,
  { instance }: ServiceConfiguration,
): SecretReader {
  return { values, access, roleArn: instance.instanceRoleArn ?? null };
}

async function assertReadable({ access, roleArn }: SecretReader, reference: string): Promise<void> {
  if (roleArn !== null) await access.assertReadable(reference, roleArn);
}

/** Looks up those that are not known. Each is read as well: what no instance could be given is told now. Throws SecretRefused. */
export async function pinAll(
  reader: SecretReader,
  references: SecretReferences,
  known: PinnedSecrets,
): Promise<PinnedSecrets> {
  const { values } = reader;
  let totalBytes = 0;
  return each("variable", references, async (reference, name) => {
    await assertReadable(reader, reference);
    const found = knownVersion(known, name, reference) ?? (await values.resolve(reference));
    const value = await values.read(found);
    totalBytes += entryBytes(name, value);
    const problem = entryProblem(name, value) ?? totalProblem(totalBytes);
    if (problem === null) return found;
    throw new SecretRefused("variable", name, `The secret ${reference} does not fit: ${problem}.`);
  });
}

/** As variables are bounded, which are beside them. */
function totalProblem(totalBytes: number): string | null {
  if (totalBytes <= ENVIRONMENT_MAX_BYTES) return null;
  return `the secrets up to this one have ${totalBytes} bytes in all and may have ${ENVIRONMENT_MAX_BYTES}`;
}

/** Throws SecretRefused. */
export function readSecrets(
  values: SecretValues,
  pinned: PinnedSecrets,
): Promise<Readonly<Record<string, string>>> {
  return each("variable", pinned, (secret) => values.read(secret));
}

/** For a build: what its references mean at this moment. Throws SecretRefused. */
export function readNow(
  reader: SecretReader,
  references: SecretReferences,
): Promise<Readonly<Record<string, string>>> {
  const { values } = reader;
  return each("build", references, async (reference) => {
    await assertReadable(reader, reference);
    return values.read(await values.resolve(reference));
  });
}

/** One after the other: of several that are wrong the first is told. */
async function each<Given, Result>(
  of: SecretUse,
  given: Readonly<Record<string, Given>>,
  act: (one: Given, name: string) => Promise<Result>,
): Promise<Readonly<Record<string, Result>>> {
  const results: [string, Result][] = [];
  for (const [name, one] of Object.entries(given)) {
    try {
      results.push([name, await act(one, name)]);
    } catch (error) {
      if (!(error instanceof SecretUnavailable)) throw error;
      throw new SecretRefused(of, name, error.message, { cause: error });
    }
  }
  return Object.fromEntries(results);
}
