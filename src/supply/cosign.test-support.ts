/** Signs as cosign does, and lays the signature down where cosign does: in a registry, as an image of its own. For tests. */
import { createHash, type KeyObject, sign } from "node:crypto";
import { signatureTag } from "./cosign-signature.ts";

const EMPTY_CONFIG = Buffer.from("{}");

export interface SignatureWish {
  readonly imageDigest: string;
  readonly key: KeyObject;
  /** What stands in the payload, when that is to be another than the image's. */
  readonly payloadDigest?: string;
}

/** `repository`: `http://127.0.0.1:5000/v2/team/app`. */
export async function pushSignature(repository: string, wish: SignatureWish): Promise<void> {
  const { imageDigest, key, payloadDigest = imageDigest } = wish;
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": "registry.example.com/team/app" },
        image: { "docker-manifest-digest": payloadDigest },
        type: "cosign container image signature",
      },
      optional: null,
    }),
  );
  const signature = sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", payload, key);
  await pushManifest(repository, signatureTag(imageDigest), [
    {
      ...(await pushBlob(repository, payload)),
      mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
      annotations: { "dev.cosignproject.cosign/signature": signature.toString("base64") },
    },
  ]);
}

async function pushManifest(repository: string, tag: string, layers: readonly object[]): Promise<void> {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const configType = "application/vnd.oci.image.config.v1+json";
  const config = { ...(await pushBlob(repository, EMPTY_CONFIG)), mediaType: configType };
  const answer = await fetch(`${repository}/manifests/${tag}`, {
    method: "PUT",
    headers: { "content-type": mediaType },
    body: JSON.stringify({ schemaVersion: 2, mediaType, config, layers }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function pushBlob(repository: string, bytes: Buffer) {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const upload = await fetch(`${repository}/blobs/uploads/`, { method: "POST" });
  const place = new URL(upload.headers.get("location") ?? "", repository);
  place.searchParams.set("digest", digest);
  const answer = await fetch(place, { method: "PUT", body: bytes });
  if (!answer.ok) throw new Error(await answer.text());
  return { digest, size: bytes.length };
}
