/**
 * Signatures as cosign lays them down: a manifest whose layers are payloads ("simple signing"), each with its signature in
 * an annotation. A payload says which digest it is for. Pure; everything here was written by strangers.
 */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

const PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";
/** One image has a handful. */
const SIGNATURES_MAX = 50;
const PAYLOAD_MAX_BYTES = 64 * 1_024;

/** Where a signature lies in the registry, and what it is. */
export interface SignatureLayer {
  readonly digest: string;
  readonly signature: Buffer;
}

/** The tag at which cosign puts the signatures of an image. */
export function signatureTag(imageDigest: string): string {
  return `${imageDigest.replace(":", "-")}.sig`;
}

/** What is no signature is passed over: others may stand beside it. */
export function signatureLayers(manifest: unknown): readonly SignatureLayer[] {
  const layers = isRecord(manifest) && Array.isArray(manifest["layers"]) ? manifest["layers"] : [];
  return layers.slice(0, SIGNATURES_MAX).flatMap((layer: unknown) => {
    if (
      !isRecord(layer) ||
      layer["mediaType"] !== PAYLOAD_TYPE ||
      Number(layer["size"]) > PAYLOAD_MAX_BYTES
    ) {
      return [];
    }
    const { digest, annotations } = layer;
    const signature = isRecord(annotations) ? annotations[SIGNATURE_ANNOTATION] : undefined;
    const isWhole = typeof signature === "string" && /^sha256:[0-9a-f]{64}$/.test(String(digest));
    return isWhole ? [{ digest: String(digest), signature: Buffer.from(signature, "base64") }] : [];
  });
}

/** Whether this key signed this payload, and the payload is of this image. */
export function isSignatureOf(
  { digest, signature }: SignatureLayer,
  payload: Buffer,
  { key, imageDigest }: { readonly key: KeyObject; readonly imageDigest: string },
): boolean {
  if (`sha256:${createHash("sha256").update(payload).digest("hex")}` !== digest) return false;
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return verify(algorithm, payload, key, signature) && signedDigest(payload) === imageDigest;
}

function signedDigest(payload: Buffer): string | null {
  const text = JSON.parse(payload.toString("utf8")) as unknown;
  const critical = isRecord(text) ? text["critical"] : undefined;
  if (!isRecord(critical) || critical["type"] !== "cosign container image signature") return null;
  const image = critical["image"];
  const digest = isRecord(image) ? image["docker-manifest-digest"] : undefined;
  return typeof digest === "string" ? digest : null;
}

/** Throws an Error that says what is wrong with the text. */
export function publicKeyOf(pem: string): KeyObject {
  // A private key would do as well, and has no business here.
  if (!pem.includes("-----BEGIN PUBLIC KEY-----")) throw new Error("it is no public key in PEM (cosign.pub)");
  const key = createPublicKey(pem);
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  if (asymmetricKeyType === "ed25519") return key;
  if (asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  throw new Error("it is neither an ECDSA P-256 key, as cosign makes them, nor an Ed25519 key");
}

/** Of the key itself, however its file is written. */
export function fingerprint(key: KeyObject): string {
  return `sha256:${createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
