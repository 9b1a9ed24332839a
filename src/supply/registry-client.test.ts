import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createSocketServer, type Server as SocketServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RegistryClient } from "./registry-client.ts";
import type { RegistryNetwork } from "./registry-place.ts";

const signal = () => AbortSignal.timeout(5_000);
const credentials = { username: "deploy", password: "canary-password" };
const network: RegistryNetwork = { configured: new Set(), closedPorts: [] };
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
  const client = (given?: typeof credentials, change: Partial<RegistryNetwork> = {}) =>
    new RegistryClient(
      { image: { registry: host(), repository: "team/app" }, credentials: given },
      { ...network, ...change },
    );

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

  it("does not lead a token's credentials to anybody else", async () => {
    const { port } = server.address() as AddressInfo;
    answer = ({ url = "", headers }) => {
      if (url.startsWith("/token")) return { status: 307, location: `http://localhost:${port}/elsewhere` };
      if (url === "/elsewhere") return { body: JSON.stringify({ token: `for ${headers.authorization}` }) };
      if (headers.authorization === "Bearer for undefined") return {};
      return { status: 401, challenge: `Bearer realm="http://${host()}/token"` };
    };
    expect(await client(credentials).manifest("tag", signal())).toEqual({});
    expect(seen.map(({ headers }) => headers.authorization)).toContain(basic);
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

describe("A registry that names or leads to what is inside", () => {
  /** Takes connections, and ends them: whoever was asked with TLS has got its first bytes. */
  let inside: SocketServer;
  let greetings: string[];
  let registry: Server;
  let answer: Answer;
  let names: Readonly<Record<string, readonly string[]>>;

  beforeEach(async () => {
    greetings = [];
    names = {};
    answer = {};
    inside = createSocketServer((socket) => {
      socket.once("data", (bytes) => {
        greetings.push(bytes.toString("latin1"));
        socket.destroy();
      });
    });
    registry = createServer((_request, response) => {
      const { status = 200, challenge = "", location = "" } = answer;
      response.writeHead(status, { "www-authenticate": challenge, ...(location !== "" && { location }) });
      response.end();
    });
    for (const server of [inside, registry]) {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    }
  });
  afterEach(() => {
    registry.closeAllConnections();
    for (const server of [inside, registry]) server.close();
  });

  const portOf = (server: Pick<SocketServer, "address">) => (server.address() as AddressInfo).port;
  const ask = async (name: string, change: Partial<RegistryNetwork> = {}) => {
    const resolve = (host: string) => Promise.resolve(names[host] ?? ["198.51.100.1"]);
    const image = { registry: name, repository: "team/app" };
    const client = new RegistryClient({ image, credentials }, { ...network, resolve, ...change });
    await client.manifest("tag", signal());
  };
  const here = () => `127.0.0.1:${portOf(registry)}`;
  const refusal = /is not a place where registries are asked/;

  it.each([
    ["169.254.169.254", "metadata"],
    ["metadata.example.com", "a name of metadata"],
    ["half.example.com", "a name with metadata among its addresses"],
    ["0x7f.1", "loopback in another spelling"],
    ["127.1", "loopback in short"],
    ["rebound.example.com", "a name of loopback"],
    ["any.localhost", "another name of loopback"],
  ])("is not asked as %s (%s)", async (name) => {
    names = {
      "metadata.example.com": ["fd00:ec2::254"],
      "half.example.com": ["198.51.100.1", "::ffff:169.254.169.254"],
      "rebound.example.com": ["127.0.0.1"],
      "any.localhost": ["::1"],
    };
    await expect(ask(`${name}:${portOf(inside)}`)).rejects.toThrow(refusal);
    expect(greetings).toEqual([]);
  });

  it("is not asked at ports of this machine where no registry is, whoever names them", async () => {
    const closed = { closedPorts: [portOf(inside)] };
    await expect(ask(`127.0.0.1:${portOf(inside)}`, closed)).rejects.toThrow(refusal);
    answer = { status: 307, location: `http://localhost:${portOf(inside)}/` };
    names = { localhost: ["127.0.0.1"] };
    await expect(ask(here(), closed)).rejects.toThrow(refusal);
    expect(greetings).toEqual([]);
  });

  it.each<[string, (to: string) => Answer]>([
    ["a redirect", (to) => ({ status: 307, location: to })],
    ["its token service", (to) => ({ status: 401, challenge: `Bearer realm="${to}"` })],
  ])("is not followed to metadata by %s", async (_how, leading) => {
    names = { "tokens.example.com": ["169.254.169.254"] };
    for (const host of ["169.254.169.254", "tokens.example.com", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]"]) {
      answer = leading(`https://${host}:${portOf(inside)}/`);
      await expect(ask(here())).rejects.toThrow(refusal);
    }
    expect(greetings).toEqual([]);
  });

  it("is asked at the address that was checked, whatever its name is a moment later", async () => {
    let asked = 0;
    const resolve = async () => await Promise.resolve([(asked += 1) === 1 ? "127.0.0.1" : "169.254.169.254"]);
    answer = { status: 307, location: `https://rebinding.example.com:${portOf(inside)}/` };
    await expect(ask(here(), { resolve })).rejects.toThrow("cannot be read");
    expect(asked).toBe(1);
    expect(greetings).toEqual([expect.stringContaining("rebinding.example.com")]);
  });

  it("is said not to answer, and not where its name leads", async () => {
    const { port } = inside.address() as AddressInfo;
    await new Promise((resolve) => inside.close(resolve));
    for (const addresses of [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]]) {
      names = { "registry.example.com": addresses };
      const name = `registry.example.com:${port}`;
      const asked = ask(name, { configured: new Set([name]) });
      await expect(asked).rejects.toThrow(
        /^registry\.example\.com:\d+ cannot be read: connect ECONNREFUSED$/,
      );
    }
  });

  it("may be on loopback under a name of its own where the operator named it", async () => {
    names = { "registry.example.com": ["127.0.0.1"] };
    const name = `registry.example.com:${portOf(inside)}`;
    await expect(ask(name, { configured: new Set([name]) })).rejects.toThrow("cannot be read");
    expect(greetings).toHaveLength(1);
  });
});
