/** Whether an image bears the signature of the key that its service, or the installation, asks for. */
import { readFile } from "node:fs/promises";
import type { KeyObject } from "node:crypto";
import { formatImageReference } from "../domain/image-reference.ts";
import { type Admission, type ReleaseCandidate, ReleaseRefused } from "../ports/release-gate.ts";
import {
  fingerprint,
  isSignatureOf,
  publicKeyOf,
  signatureLayers,
  signatureTag,
} from "./cosign-signature.ts";
import { RegistryClient, RegistryProblem } from "./registry-client.ts";
import type { RegistryNetwork } from "./registry-place.ts";

export interface SignatureKeys {
  /** Name → file of a public key. Read at each check: a changed key needs no restart. */
  readonly files: Readonly<Record<string, string>>;
  /** The key for services whose tag names none; null: those need no signature. */
  readonly required: string | null;
  readonly now: () => number;
  readonly network: RegistryNetwork;
}

/** Throws ReleaseRefused. */
export async function checkSignature(
  candidate: ReleaseCandidate,
  { files, required, now, network }: SignatureKeys,
  signal: AbortSignal,
): Promise<Pick<Admission, "signedBy" | "signature">> {
  const name = candidate.keyName ?? required;
  if (name === null) return {};
  const key = await readKey(name, files);
  const signedBy = fingerprint(key);
  if (candidate.before?.signedBy === signedBy) {
    const { signature } = candidate.before;
    return { signedBy, ...(signature !== undefined && { signature }) };
  }
  if (await isSigned(candidate, { key, network }, signal)) {
    return { signedBy, signature: { keyName: name, checkedAtMs: now() } };
  }
  throw new ReleaseRefused(
    `The image ${nameOf(candidate)} bears no signature of the key ${name}: sign it (cosign sign --key), and deploy again`,
  );
}

async function readKey(name: string, files: SignatureKeys["files"]): Promise<KeyObject> {
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  if (file === undefined) {
    const known = Object.keys(files).join(", ") || "none";
    throw new ReleaseRefused(
      `There is no key ${name} to check the image's signature with; the setting signatureKeys has: ${known}`,
    );
  }
  try {
    return publicKeyOf(await readFile(file, "utf8"));
  } catch (error) {
    throw new ReleaseRefused(
      `The key ${name} (${file}) cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function isSigned(
  candidate: ReleaseCandidate,
  { key, network }: { readonly key: KeyObject; readonly network: RegistryNetwork },
  signal: AbortSignal,
): Promise<boolean> {
  const { image, digest, credentials } = candidate;
  if (image === null || digest === null) {
    throw new ReleaseRefused(
      "An image that no registry has cannot bear a signature: push it and deploy it from there, or do not ask for one (slipway:verify-signature)",
    );
  }
  const registry = new RegistryClient({ image, credentials }, network);
  try {
    for (const layer of signatureLayers(await registry.manifest(signatureTag(digest), signal))) {
      const payload = await registry.blob(layer.digest, signal);
      if (payload !== null && isSignatureOf(layer, payload, { key, imageDigest: digest })) return true;
    }
    return false;
  } catch (error) {
    if (!(error instanceof RegistryProblem || error instanceof SyntaxError)) throw error;
    throw new ReleaseRefused(`The signature of ${nameOf(candidate)} cannot be checked: ${error.message}`);
  }
}

/** Repository and digest, or the engine's id. */
export function nameOf({ image, digest, imageId }: ReleaseCandidate): string {
  if (image === null || digest === null) return imageId;
  return formatImageReference({ registry: image.registry, repository: image.repository, digest });
}
