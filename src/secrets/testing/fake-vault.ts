/**
 * A Vault for tests, as its HTTP API is documented: KV version 2, tokens, AppRole, namespaces, sealing. Errors have Vault's
 * statuses and bodies.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";

interface Version {
  readonly createdAt: string;
  readonly data: object;
  deletedAt: string;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const MISSING: Answer = { status: 404, body: { errors: [] } };
const DENIED: Answer = {
  status: 403,
  body: { errors: ["1 error occurred:\n\t* permission denied\n\n"] },
};

export class FakeVault {
  /** Path of KV, with its mount → versions. */
  readonly #versions = new Map<string, Version[]>();
  /** Token → seconds it lives; renewed ones are told again. */
  readonly tokens = new Map<string, { ttl: number; renewable: boolean }>();
  readonly calls: string[] = [];
  /** Set: requests of other namespaces find nothing. */
  namespace: string | null = null;
  isSealed = false;
  /** While set, requests get no answer. */
  isSilent = false;
  roleId = "role";
  secretId = "secret";
  /** Of tokens that a login gives. */
  lease = { ttl: 3600, renewable: true };
  readonly #server: Server;
  #logins = 0;

  private constructor(tls: { readonly key: string; readonly cert: string } | null) {
    const handle = (request: IncomingMessage, response: ServerResponse) =>
      void this.#handle(request, response);
    this.#server = tls === null ? createServer(handle) : createTlsServer(tls, handle);
  }

  static async start(tls: { readonly key: string; readonly cert: string } | null = null): Promise<FakeVault> {
    const vault = new FakeVault(tls);
    vault.#server.listen(0, "127.0.0.1");
    await once(vault.#server, "listening");
    return vault;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A new version, made at this time. */
  put(path: string, data: object, createdAt = "2026-05-01T12:00:00.123456789Z"): void {
    this.#versions.set(path, [...this.#of(path), { createdAt, data, deletedAt: "" }]);
  }

  /** As `vault kv delete` with a version. */
  deleteVersion(path: string, version: number): void {
    const found = this.#of(path)[version - 1];
    if (found !== undefined) found.deletedAt = "2026-06-01T12:00:00Z";
  }

  /** As `vault kv metadata delete`. */
  drop(path: string): void {
    this.#versions.delete(path);
  }

  #of(path: string): Version[] {
    return this.#versions.get(path) ?? [];
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    this.calls.push(`${request.method} ${request.url}`);
    if (this.isSilent) return;
    const { status, body: answer } = this.#answer(request, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  #answer({ method, url = "", headers }: IncomingMessage, body: string): Answer {
    if (headers["x-vault-request"] !== "true") return { status: 412, body: { errors: ["missing header"] } };
    if (this.isSealed) return { status: 503, body: { errors: ["Vault is sealed"] } };
    if ((headers["x-vault-namespace"] ?? null) !== this.namespace) return MISSING;
    const { pathname, searchParams } = new URL(url, "http://vault");
    const path = decodeURIComponent(pathname.replace(/^\/v1\//, ""));
    if (path === "auth/approle/login" && method === "POST") return this.#logIn(body);
    const token = String(headers["x-vault-token"]);
    const held = this.tokens.get(token);
    if (held === undefined) return DENIED;
    const { ttl, renewable } = held;
    if (path === "auth/token/lookup-self") return { status: 200, body: { data: { ttl, renewable } } };
    if (path === "auth/token/renew-self" && method === "POST") {
      return { status: 200, body: { auth: { client_token: token, lease_duration: ttl, renewable } } };
    }
    return this.#read(path.replace("/data/", "/"), searchParams.get("version"));
  }

  #logIn(body: string): Answer {
    const given = JSON.parse(body) as { readonly role_id?: string; readonly secret_id?: string };
    if (given.role_id !== this.roleId || given.secret_id !== this.secretId) {
      return { status: 400, body: { errors: ["invalid role or secret ID"] } };
    }
    const token = `hvs.login-${(this.#logins += 1)}`;
    this.tokens.set(token, this.lease);
    const { ttl, renewable } = this.lease;
    return { status: 200, body: { auth: { client_token: token, lease_duration: ttl, renewable } } };
  }

  #read(path: string, wanted: string | null): Answer {
    if (path.startsWith("forbidden/")) return DENIED;
    // KV version 1 tells no versions.
    if (path.startsWith("old/")) return { status: 200, body: { data: { password: "x" } } };
    const versions = this.#of(path);
    const number = wanted === null ? versions.length : Number(wanted);
    const version = versions[number - 1];
    if (version === undefined) return MISSING;
    const isDeleted = version.deletedAt !== "";
    const metadata = {
      created_time: version.createdAt,
      deletion_time: version.deletedAt,
      destroyed: false,
      version: number,
    };
    const data = { data: isDeleted ? null : version.data, metadata };
    return { status: isDeleted ? 404 : 200, body: { data } };
  }
}
