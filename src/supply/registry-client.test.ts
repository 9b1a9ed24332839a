import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RegistryClient } from "./registry-client.ts";

const signal = () => AbortSignal.timeout(5_000);
const credentials = { username: "deploy", password: "canary-password" };
const basic = `Basic ${Buffer.from("deploy:canary-password").toString("base64")}`;

interface Answer {
  readonly status?: number;
  readonly challenge?: string;
  readonly location?: string;
  readonly body?: string;
}

describe("A registry", () => {
  let server: Server;
  let seen: IncomingMessage[];
  /** Status and headers, or body, for a request. */
  let answer: (request: IncomingMessage) => Answer;

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      seen.push(request);
      const { status = 200, challenge, location, body = "{}" } = answer(request);
      const headers = {
        ...(challenge !== undefined && { "www-authenticate": challenge }),
        ...(location !== undefined && { location }),
      };
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = (given?: typeof credentials) =>
    new RegistryClient({ registry: host(), repository: "team/app" }, given);

  it("gets credentials only when it asks, as they are", async () => {
    answer = ({ headers }) =>
      headers.authorization === basic ? { body: '{"a":1}' } : { status: 401, challenge: 'Basic realm="r"' };
    expect(await client(credentials).manifest("tag", signal())).toEqual({ a: 1 });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([undefined, basic]);
  });

  it("gets a token of whoever it names for that", async () => {
    answer = ({ url = "", headers }) => {
      if (url.startsWith("/token"))
        return { body: JSON.stringify({ token: `for ${headers.authorization}` }) };
      if (headers.authorization === `Bearer for ${basic}`) return { body: '{"a":1}' };
      const challenge = `Bearer realm="http://${host()}/token",service="registry",scope="repository:team/app:pull"`;
      return { status: 401, challenge };
    };
    expect(await client(credentials).manifest("tag", signal())).toEqual({ a: 1 });
    expect(seen.map(({ url }) => url)).toContain(
      "/token?service=registry&scope=repository%3Ateam%2Fapp%3Apull",
    );
  });

  it.each<[string, Answer]>([
    ["its challenge", { status: 401, challenge: 'Bearer realm="http://tokens.example.com/",service="s"' }],
    ["a redirect", { status: 307, location: "http://169.254.169.254/latest/meta-data" }],
    ["another scheme", { status: 302, location: "file:///etc/passwd" }],
  ])("is not followed to a place without TLS by %s", async (_how, given) => {
    answer = () => given;
    await expect(client(credentials).manifest("tag", signal())).rejects.toThrow("to a place without TLS");
  });

  it("of a stranger is not followed to this machine", async () => {
    answer = () => ({ body: "canary" });
    const stranger = new RegistryClient({ registry: "registry.example.com", repository: "app" }, undefined);
    const leading = vi
      .spyOn(globalThis, "fetch")
      .mockResolvedValueOnce(Response.redirect(`http://${host()}/`));
    await expect(stranger.manifest("tag", signal())).rejects.toThrow("registry.example.com leads to a place");
    leading.mockRestore();
    expect(seen).toEqual([]);
  });

  it("is followed to where its blobs lie, without its credentials, and not for ever", async () => {
    const store = `http://localhost:${(server.address() as AddressInfo).port}/store`;
    answer = ({ url = "", headers }) => {
      if (url === "/store") return { body: "payload" };
      return headers.authorization === basic
        ? { status: 307, location: store }
        : { status: 401, challenge: "Basic" };
    };
    expect(String(await client(credentials).blob("sha256:00", signal()))).toBe("payload");
    expect(seen.at(-1)?.headers.authorization).toBeUndefined();
    answer = ({ url = "" }) => ({ status: 302, location: url });
    await expect(client().blob("sha256:00", signal())).rejects.toThrow("leads on and on");
  });

  it.each<[string, Answer]>([
    ["a manifest", { body: "canary" }],
    ["a token", { status: 401, challenge: "Bearer" }],
    ["a token of two lines", { status: 401, challenge: "Bearer" }],
  ])("that answers with something else than %s is not quoted", async (what, given) => {
    const token = what === "a token" ? "canary" : JSON.stringify({ token: "canary\r\nx" });
    answer = ({ url = "" }) => {
      if (url.startsWith("/token")) return { body: token };
      return given.status === undefined
        ? given
        : { ...given, challenge: `Bearer realm="http://${host()}/token"` };
    };
    const failed = client().manifest("tag", signal());
    await expect(failed).rejects.toThrow(/not JSON|no token/);
    await expect(failed).rejects.not.toThrow("canary");
  });

  it("has nothing under a tag, or refuses, without a word of the credentials", async () => {
    answer = ({ url = "" }) => ({ status: url.endsWith("missing") ? 404 : 401, challenge: "Basic" });
    expect(await client(credentials).manifest("missing", signal())).toBeNull();
    await expect(client(credentials).manifest("secret", signal())).rejects.toThrow(
      `${host()} answered with status 401`,
    );
  });

  it("is not read beyond a megabyte", async () => {
    answer = () => ({ body: "x".repeat(1_100_000) });
    await expect(client().blob("sha256:00", signal())).rejects.toThrow("longer than 1048576 bytes");
  });
});
