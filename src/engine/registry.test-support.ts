/**
 * A registry for tests, in memory and as small as the pull protocol allows: one repository, images of one layer. It can
 * ask for credentials, offer another architecture, and stop answering.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const sha256 = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Blob {
  readonly type: string;
  readonly bytes: Buffer;
}

export class TestRegistry {
  /** `user:password` that every request must bring; null: anybody may pull. */
  credentials: string | null = null;
  /** Requests are taken and never answered. */
  isSilent = false;
  readonly #server: Server;
  readonly #blobs = new Map<string, Blob>();

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<TestRegistry> {
    const registry = new TestRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", () => resolve()));
    return registry;
  }

  /** Engines take registries at 127.0.0.0/8 without TLS. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Makes `repository:tag` an image that holds one file with this text; returns its digest. */
  async push(repository: string, tag: string, text: string, architecture = "amd64"): Promise<string> {
    const archive = pack();
    archive.entry({ name: "text" }, text);
    archive.finalize();
    const layer = await buffer(archive);
    const config = this.#json({
      architecture,
      os: "linux",
      config: { Cmd: ["/text"], ExposedPorts: { "8080/tcp": {}, "53/udp": {} } },
      rootfs: { type: "layers", diff_ids: [sha256(layer)] },
    });
    const layerDigest = this.#put("application/octet-stream", layer);
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType: "application/vnd.docker.container.image.v1+json", ...config },
        layers: [
          {
            mediaType: "application/vnd.docker.image.rootfs.diff.tar",
            size: layer.length,
            digest: layerDigest,
          },
        ],
      }),
    );
    const digest = this.#put(MANIFEST, manifest);
    this.#blobs.set(`${repository}:${tag}`, { type: MANIFEST, bytes: manifest });
    return digest;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #json(value: object): { readonly size: number; readonly digest: string } {
    const bytes = Buffer.from(JSON.stringify(value));
    return { size: bytes.length, digest: this.#put("application/octet-stream", bytes) };
  }

  #put(type: string, bytes: Buffer): string {
    const digest = sha256(bytes);
    this.#blobs.set(digest, { type, bytes });
    return digest;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.isSilent) return;
    const expected = this.credentials;
    const given = request.headers.authorization;
    if (expected !== null && given !== `Basic ${Buffer.from(expected).toString("base64")}`) {
      response.writeHead(401, {
        "www-authenticate": 'Basic realm="test"',
        "content-type": "application/json",
      });
      response.end(
        JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] }),
      );
      return;
    }
    this.#answerAllowed(request, response);
  }

  #answerAllowed(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === "/v2/") {
      response.end("{}");
      return;
    }
    const [, repository = "", kind = "", reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? "") ?? [];
    const found = this.#blobs.get(reference.startsWith("sha256:") ? reference : `${repository}:${reference}`);
    if (found === undefined) {
      const code = kind === "manifests" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN";
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ errors: [{ code, message: `${kind} unknown` }] }));
      return;
    }
    const headers = { "content-type": found.type, "docker-content-digest": sha256(found.bytes) };
    response.writeHead(200, { ...headers, "content-length": found.bytes.length });
    response.end(request.method === "HEAD" ? undefined : found.bytes);
  }
}
