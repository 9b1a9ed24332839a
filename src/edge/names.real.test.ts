/** Names with real HAProxy: what leads to which service, with and without TLS, and what nobody may be led to. */
import { writeFile } from "node:fs/promises";
import { Agent as TlsAgent } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { exchangeRaw, until } from "./testing/client.ts";
import { Http2Client } from "./testing/http2-client.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const SHOP = "shop.us-east-1.slipway.test";
const BLOG = "blog.us-east-1.slipway.test";
const TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
const CHALLENGE = `/.well-known/acme-challenge/${TOKEN}`;
const UNKNOWN_CHALLENGE = `/.well-known/acme-challenge/${"x".repeat(43)}`;

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  await bench.serve(1, await bench.origin("shop"));
  await bench.serve(2, await bench.origin("blog"));
  await bench.route(SHOP, 1);
  await bench.route(BLOG, 2);
});
afterAll(async () => bench.dispose());

/** What an HTTP client is told when it asks without TLS. */
async function plain(host: string, path = "/"): Promise<string> {
  const { status, headers, body } = await bench.get(host, path);
  return status === 301
    ? `301 ${String(headers["location"])}`
    : `${status} ${status === 200 ? body : ""}`.trim();
}

async function secure(host: string, serverName = host): Promise<string> {
  const { status, body } = await bench.getTls(host, "/", { serverName });
  return `${status} ${status === 200 ? body : ""}`.trim();
}

describe("a name", () => {
  it("is not led to with a host that would be another's in a link", async () => {
    await bench.name("link.shop.test", SHOP, { onHttp: "serve" });
    const host = "link.shop.test:80@evil.test";
    const late = `link.shop.test:${"0".repeat(300)}80@evil.test`;
    for (const odd of [host, late]) {
      expect((await bench.get(odd)).status).toBe(400);
      expect((await bench.getTls(odd, "/", { serverName: "link.shop.test" })).status).toBe(400);
    }
    expect(await plain("link.shop.test:80")).toBe("200 shop");
  });

  it("leads to its service on TLS, and there from plain HTTP", async () => {
    await bench.name("www.shop.test", SHOP);
    expect(await secure("www.shop.test")).toBe("200 shop");
    const at = `https://www.shop.test:${bench.tlsPort}`;
    expect(await plain("www.shop.test")).toBe(`301 ${at}/`);
    expect(await plain("WWW.Shop.test.:80", "/a%20b/?c=d&e=//f")).toBe(`301 ${at}/a%20b/?c=d&e=//f`);
    expect((await bench.get("www.shop.test", "/", { method: "POST", body: "x" })).status).toBe(301);
  });

  it("is told to the instance as the client wrote it, with scheme and port", async () => {
    await bench.name("told.shop.test", SHOP, { onHttp: "serve" });
    const headers = { "X-Forwarded-Proto": "gopher", "X-Forwarded-For": "6.6.6.6" };
    const secure = await bench.getTls("told.shop.test", "/headers", { headers });
    const plain = await bench.get("told.shop.test", "/headers", { headers });
    const ports = { https: bench.tlsPort, http: bench.port };
    for (const [scheme, { body }] of Object.entries({ https: secure, http: plain })) {
      expect(JSON.parse(body)).toEqual({
        host: "told.shop.test",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-host": "told.shop.test",
        "x-forwarded-port": String(ports[scheme as "http" | "https"]),
        "x-forwarded-proto": scheme,
        "x-request-id": expect.stringMatching(/^\d+-\d+-\d+$/) as string,
      });
    }
  });

  it("may be a wildcard: for one level, and behind names and hosts that are said themselves", async () => {
    await bench.name("*.wild.test", SHOP, { onHttp: "serve" });
    await bench.name("blog.wild.test", BLOG, { onHttp: "serve" });
    await bench.route("own.wild.test", 2);
    for (const ask of [plain, secure]) {
      expect(await ask("a.wild.test")).toBe("200 shop");
      expect(await ask("blog.wild.test")).toBe("200 blog");
      expect(await ask("own.wild.test")).toBe("200 blog");
      expect(await ask("a.b.wild.test")).toMatch(/^4/);
      expect(await ask("wild.test")).toMatch(/^4/);
    }
    await bench.name("*.wild.test", SHOP);
    for (const host of ["evil/x.wild.test", "a@b.wild.test", "ü.wild.test", ".wild.test"])
      expect(await exchangeRaw(bench.port, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(
        /^HTTP\S+ 40[04]/,
      );
    await bench.name("*.wild.test", SHOP, { onHttp: "serve" });
    await bench.edge.removeName("blog.wild.test", signal);
    for (const ask of [plain, secure]) expect(await ask("blog.wild.test")).toBe("200 shop");
  });

  it("serves WebSockets without TLS too, where it is served", async () => {
    await bench.name("socket.shop.test", SHOP, { onHttp: "serve" });
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/socket`, {
      headers: { host: "socket.shop.test" },
    });
    const echoed = new Promise<string>((resolve, reject) => {
      socket.on("open", () => socket.send("hello"));
      socket.on("message", (data: Buffer) => resolve(data.toString()));
      socket.on("error", reject);
    });
    expect(await echoed).toBe("hello");
    socket.close();
  });

  it("follows its service from slot to slot at once, also on open connections", async () => {
    await bench.name("moving.test", SHOP, { onHttp: "serve" });
    const agent = new TlsAgent({ keepAlive: true, maxSockets: 1 });
    const ask = async (): Promise<string> => (await bench.getTls("moving.test", "/", { agent })).body;
    expect(await ask()).toBe("shop");
    await bench.route(SHOP, 2);
    expect([await ask(), await plain("moving.test")]).toEqual(["blog", "200 blog"]);
    await bench.route(SHOP, 1);
    await bench.name("moving.test", BLOG, { onHttp: "serve" });
    expect([await ask(), await plain("moving.test")]).toEqual(["blog", "200 blog"]);
    await bench.edge.removeName("moving.test", signal);
    expect((await bench.getTls("moving.test", "/", { agent })).status).toBe(421);
    expect(await plain("moving.test")).toBe("404");
    agent.destroy();
  });

  it.each(["", "*.", "*.*.test", "a.*.test", "a b.test", "a.test/x", "x".repeat(254)])(
    "is refused when it is none: %j",
    async (name) => {
      await expect(bench.name(name, SHOP)).rejects.toThrow(/is not a host name/);
      await expect(bench.name("good.test", name)).rejects.toThrow(/is not a host name/);
    },
  );

  it("is refused with an age that is none", async () => {
    for (const hstsMaxAgeS of [-1, 1.5, 1e12])
      await expect(bench.name("good.test", SHOP, { hstsMaxAgeS })).rejects.toThrow(/not a number of seconds/);
  });
});

describe("a connection", () => {
  beforeAll(async () => {
    await bench.name("*.one.test", SHOP);
    await bench.name("two.test", BLOG);
  });

  it("is for one name only, in HTTP/1", async () => {
    expect(await secure("a.one.test", "a.one.test")).toBe("200 shop");
    expect(await secure("A.ONE.test.:8443", "a.one.test")).toBe("200 shop");
    for (const [host, name] of [
      ["two.test", "a.one.test"],
      ["b.one.test", "a.one.test"],
      [SHOP, "a.one.test"],
      ["a.one.test", SHOP],
      [SHOP, BLOG],
      ["two.test", ""],
      [SHOP, ""],
      ["", "a.one.test"],
      ["-", ""],
    ] as const)
      expect(await secure(host, name)).toBe("421");
  });

  it("is for one name only, in HTTP/2, and says so for each request by itself", async () => {
    const client = await Http2Client.connect(bench.tlsPort, "a.one.test");
    expect(await client.get("a.one.test")).toMatchObject({ status: 200, body: "shop" });
    expect(await client.get("b.one.test")).toMatchObject({ status: 421 });
    expect(await client.get("two.test")).toMatchObject({ status: 421 });
    expect(await client.get("a.one.test")).toMatchObject({ status: 200, body: "shop" });
    await client.close();
  });

  it("shows nothing of any service to who asks for a name that nobody has", async () => {
    expect(await plain("nobody.test")).toBe("404");
    const { status, body } = await bench.getTls("nobody.test");
    expect([status, body]).toEqual([421, expect.stringContaining("No such service")]);
  });
});

describe("a service's own host", () => {
  it("is served on both, unless all are redirected, or it alone", async () => {
    expect([await plain(SHOP), await secure(SHOP)]).toEqual(["200 shop", "200 shop"]);
    await bench.edge.setRedirect(true, signal);
    expect([await plain(SHOP), await secure(SHOP)]).toEqual([
      `301 https://${SHOP}:${bench.tlsPort}/`,
      "200 shop",
    ]);
    await bench.name(SHOP, SHOP, { onHttp: "serve" });
    expect([await plain(SHOP), await plain(BLOG)]).toEqual([
      "200 shop",
      `301 https://${BLOG}:${bench.tlsPort}/`,
    ]);
    await bench.edge.setRedirect(false, signal);
    await bench.name(SHOP, SHOP, { onHttp: "redirect" });
    expect([await plain(SHOP), await plain(BLOG)]).toEqual([
      `301 https://${SHOP}:${bench.tlsPort}/`,
      "200 blog",
    ]);
    await bench.edge.removeName(SHOP, signal);
    expect([await plain(SHOP), await secure(SHOP)]).toEqual(["200 shop", "200 shop"]);
  });

  it("is redirected also while it is paused, and tells the reason on TLS", async () => {
    await bench.name("paused.test", "paused.test");
    await bench.edge.setRoute("paused.test", { kind: "refuse", reason: "paused" }, signal);
    expect(await plain("paused.test")).toBe(`301 https://paused.test:${bench.tlsPort}/`);
    expect((await bench.getTls("paused.test")).body).toContain("paused");
  });
});

it("promises TLS for as long as the entry says, on TLS only, and not in another's name", async () => {
  const promise = async (host: string, serverName = host): Promise<unknown> =>
    (await bench.getTls(host, "/", { serverName })).headers["strict-transport-security"];
  await bench.name("hsts.test", SHOP, { onHttp: "serve", hstsMaxAgeS: 31_536_000 });
  await bench.name("over.test", SHOP, { hstsMaxAgeS: 0 });
  await bench.name("none.test", SHOP);
  expect(await promise("hsts.test")).toBe("max-age=31536000");
  expect(await promise("over.test")).toBe("max-age=0");
  expect(await promise("none.test")).toBeUndefined();
  expect(await promise("none.test", "hsts.test")).toBeUndefined();
  expect((await bench.get("hsts.test")).headers["strict-transport-security"]).toBeUndefined();
});

describe("a challenge", () => {
  it("is answered whatever the host, without TLS, until it is removed", async () => {
    await bench.name("redirected.test", SHOP);
    await bench.name("served.test", SHOP, { onHttp: "serve" });
    const hosts = ["redirected.test", "served.test", SHOP, "nobody.test", "127.0.0.1"];
    await bench.edge.setChallenge(TOKEN, `${TOKEN}.print`, signal);
    for (const host of hosts) {
      const { status, body, headers } = await bench.get(host, CHALLENGE);
      expect([status, body, headers["content-type"]]).toEqual([200, `${TOKEN}.print`, "text/plain"]);
    }
    expect((await bench.getTls("redirected.test", CHALLENGE)).body).toBe("shop");
    await bench.edge.setChallenge(TOKEN, `${TOKEN}.other`, signal);
    expect([...bench.edge.challenges()]).toEqual([TOKEN]);
    expect((await bench.get(SHOP, CHALLENGE)).body).toBe(`${TOKEN}.other`);
    await bench.edge.removeChallenge(TOKEN, signal);
    expect(await plain("redirected.test", CHALLENGE)).toBe("404");
  });

  it("that is not known is the service's own affair, or 404 where it would be led astray", async () => {
    expect(await plain("served.test", UNKNOWN_CHALLENGE)).toBe("200 shop");
    expect(await plain(SHOP, UNKNOWN_CHALLENGE)).toBe("200 shop");
    expect(await plain("redirected.test", UNKNOWN_CHALLENGE)).toBe("404");
    await bench.edge.setRedirect(true, signal);
    expect(await plain(SHOP, UNKNOWN_CHALLENGE)).toBe("404");
    await bench.edge.setRedirect(false, signal);
  });

  it("is refused when it is none", async () => {
    await expect(bench.edge.setChallenge("short", "x", signal)).rejects.toThrow(/token/);
    await expect(bench.edge.setChallenge(`${TOKEN}/..`, "x", signal)).rejects.toThrow(/token/);
    await expect(bench.edge.setChallenge(TOKEN, "a b", signal)).rejects.toThrow(/keyAuthorization/);
  });
});

it("has all of it after a crash, and so has the next control plane", async () => {
  await bench.name("kept.test", SHOP, { hstsMaxAgeS: 60 });
  await bench.name("*.kept.test", BLOG, { onHttp: "serve" });
  await bench.edge.setRedirect(true, signal);
  await bench.edge.setChallenge(TOKEN, `${TOKEN}.kept`, signal);
  const names = bench.edge.names();
  const { worker } = await bench.pids();
  process.kill(worker, "SIGKILL");
  await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
  const next = bench.anotherEdge();
  for (const isAdopted of [false, true]) {
    if (isAdopted) await next.prepare({ minimumSlots: 8 }, signal);
    expect(await secure("kept.test")).toBe("200 shop");
    expect(await plain("a.kept.test")).toBe("200 blog");
    expect(await plain(SHOP)).toMatch(/^301 /);
    expect((await bench.get("kept.test", CHALLENGE)).body).toBe(`${TOKEN}.kept`);
  }
  expect(next.names()).toEqual(names);
  await writeFile(bench.layout.nameMap, `kept.test ${SHOP}/redirect/60\nbroken\nx.test ${SHOP}/perhaps/\n`);
  await bench.anotherEdge().prepare({ minimumSlots: 8 }, signal);
  expect(await secure("kept.test")).toBe("200 shop");
  expect(await plain("a.kept.test")).toBe("404");
  expect(bench.messages.join("\n")).toMatch(/names\.map is not readable/);
  await bench.edge.setRedirect(false, signal);
});
