/** Guards with real HAProxy: who and what is kept from a service, on every way to it, and what nobody gets around. */
import { createHash } from "node:crypto";
import { Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { parseExtensions } from "../domain/extension.ts";
import type { Gate } from "../domain/scaling.ts";
import type { RouteGuard } from "../ports/route-guard.ts";
import { exchangeRaw, startLoad, until } from "./testing/client.ts";
import { Http2Client } from "./testing/http2-client.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const SHOP = "shop.us-east-1.slipway.test";
const NAME = "www.shop.test";

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  await bench.serve(1, await bench.origin("shop"));
  await bench.name(NAME, SHOP, { onHttp: "serve" });
});
afterAll(async () => bench.dispose());

/** As the tags say, with this password. */
async function guard(
  tags: Readonly<Record<string, string>>,
  password?: string,
  { gate = "open", host = SHOP }: { readonly gate?: Gate; readonly host?: string } = {},
) {
  const named = Object.entries(tags).map(([name, value]) => ({ key: `slipway:${name}`, value }));
  const { basicAuth: _none, ...protection } = parseExtensions(named).protection;
  const passwords = password === undefined ? null : { salt: "s1", digests: [digestOf(`s1:${password}`)] };
  const whole: RouteGuard = { ...protection, passwords };
  await bench.edge.setRoute(host, { kind: "slot", slot: 1, queueLimit: 100, gate, guard: whole }, signal);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The answers on all ways to the service: HTTP/1 and 2, with TLS and without, under its own host and a custom name. */
async function everywhere(path = "/", headers: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const statuses: number[] = [];
  for (const host of [SHOP, NAME]) {
    statuses.push((await bench.get(host, path, { headers })).status);
    statuses.push((await bench.getTls(host, path, { headers })).status);
    for (const serverName of [undefined, host]) {
      const client = await Http2Client.connect(serverName ? bench.tlsPort : bench.port, serverName);
      statuses.push((await client.get(host, path, headers)).status);
      await client.close();
    }
  }
  return [...new Set(statuses.map(String))];
}

async function raw(bytes: string): Promise<string> {
  return (await exchangeRaw(bench.port, bytes)).replace(/^HTTP\/1\.1 (\d+)[^]*$/, "$1");
}

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

describe("ranges of addresses", () => {
  it("keep everybody else out, on every way", async () => {
    await guard({ "allow-cidrs": "10.0.0.0/8 ::1" });
    expect(await everywhere()).toEqual(["403"]);
    await guard({ "allow-cidrs": "127.0.0.0/28" });
    expect(await everywhere()).toEqual(["200"]);
    await guard({ "allow-cidrs": "127.0.0.2/31" });
    expect(await everywhere()).toEqual(["403"]);
  });

  it("are not gotten around with headers, targets and hosts", async () => {
    await guard({ "allow-cidrs": "10.0.0.0/8" });
    const headers = { "x-forwarded-for": "10.0.0.1", "x-real-ip": "10.0.0.1", forwarded: "for=10.0.0.1" };
    expect(await everywhere("/", headers)).toEqual(["403"]);
    const host = `Host: ${SHOP}\r\n`;
    expect(await raw(`GET http://${SHOP}/ HTTP/1.1\r\n${host}\r\n`)).toBe("403");
    expect(await raw(`GET http://other.test/ HTTP/1.1\r\n${host}\r\n`)).toBe("400");
    expect(await raw(`GET / HTTP/1.1\r\n${host}Host: other.test\r\n\r\n`)).toBe("400");
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${SHOP.toUpperCase()}.:80\r\n\r\n`)).toBe("403");
    expect(await raw(`GET / HTTP/1.0\r\n${host}\r\n`)).toBe("403");
    expect(await raw(`PROXY TCP4 10.0.0.1 10.0.0.1 1 1\r\nGET / HTTP/1.1\r\n${host}\r\n`)).toBe("400");
  });

  it("hold for WebSockets", async () => {
    const open = async (host: string): Promise<string> => {
      const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/socket`, { headers: { host } });
      return new Promise((resolve) => {
        socket.on("open", () => {
          socket.close();
          resolve("open");
        });
        socket.on("error", (error) => resolve(error.message));
      });
    };
    await guard({ "allow-cidrs": "10.0.0.0/8", "max-body": "1KB" });
    for (const host of [SHOP, NAME]) expect(await open(host)).toMatch(/403/);
    await guard({ "allow-cidrs": "127.0.0.1", "max-body": "1KB" });
    for (const host of [SHOP, NAME]) expect(await open(host)).toBe("open");
  });

  it("hold at closed gates, which nobody wakes from outside, and while a service is paused", async () => {
    await guard({ "allow-cidrs": "10.0.0.0/8" }, undefined, { gate: "closed" });
    expect(await everywhere()).toEqual(["403"]);
    const paused = { kind: "refuse", reason: "paused" } as const;
    const protection = parseExtensions([{ key: "slipway:allow-cidrs", value: "10.0.0.0/8" }]).protection;
    const { basicAuth: _none, ...rest } = protection;
    await bench.edge.setRoute(SHOP, { ...paused, guard: { ...rest, passwords: null } }, signal);
    expect(await everywhere()).toEqual(["403"]);
  });
});

describe("a guard before a gate", () => {
  it("lets requests wait for an instance, and counts each once", async () => {
    await guard({ "rate-limit": "2/m" }, undefined, { gate: "closed" });
    const waiting = bench.get(SHOP);
    await until(async () => (await bench.inFlight(1)) === 0, "nothing to be served");
    await guard({ "rate-limit": "2/m" }, undefined, { gate: "watched" });
    expect((await waiting).status).toBe(200);
    expect([(await bench.get(SHOP)).status, (await bench.get(SHOP)).status]).toEqual([200, 429]);
  });
});

describe("passwords", () => {
  it("are asked for on every way, and the application does not see them", async () => {
    await guard({}, "alice:first: one");
    expect(await everywhere()).toEqual(["401"]);
    expect(await everywhere("/", basic("alice:first: on"))).toEqual(["401"]);
    expect(await everywhere("/", basic("Alice:first: one"))).toEqual(["401"]);
    expect(await everywhere("/", basic("alice:first: one"))).toEqual(["200"]);
    const { headers } = await bench.get(SHOP);
    expect(headers["www-authenticate"]).toMatch(/^Basic realm=/);
    const seen = await bench.get(SHOP, "/headers", { headers: basic("alice:first: one") });
    expect(Object.keys(JSON.parse(seen.body) as object)).not.toContain("authorization");
    await guard({ "max-body": "1MB" });
    const own = await bench.get(SHOP, "/headers", { headers: { authorization: "Bearer theirs" } });
    expect(JSON.parse(own.body)).toMatchObject({ authorization: "Bearer theirs" });
  });

  it("may be known by their SHA-1 alone; none lets nobody in", async () => {
    const sha1 = createHash("sha1").update("second").digest("base64");
    await guard({}, `bob:{SHA}${sha1}`);
    expect(await everywhere("/", basic("bob:second"))).toEqual(["200"]);
    expect(await everywhere("/", basic("bob:first"))).toEqual(["401"]);
    expect(await everywhere("/", basic(`bob:{SHA}${sha1}`))).toEqual(["401"]);
    const passwords = { salt: "none", digests: [] };
    const { basicAuth: _none, ...rest } = parseExtensions([]).protection;
    const route = { kind: "slot", slot: 1, queueLimit: 100, gate: "open" } as const;
    await bench.edge.setRoute(SHOP, { ...route, guard: { ...rest, passwords } }, signal);
    expect(await everywhere("/", basic("bob:second"))).toEqual(["401"]);
  });

  it.each([
    "Basic",
    "Basic !!!",
    "Basic YQ==",
    "Bearer YWxpY2U6Zmlyc3Q=",
    "Basic YWxpY2U6Zmlyc3Q=\r\nAuthorization: Basic YWxpY2U6eA==",
  ])("do not stand in %j", async (value) => {
    await guard({}, "alice:first");
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${SHOP}\r\nAuthorization: ${value}\r\n\r\n`)).toBe("401");
  });
});

describe("paths", () => {
  it("that are denied are there for nobody, with all below them", async () => {
    await guard({ "deny-paths": "/admin /api/*/internal *.php .git" });
    for (const path of ["/admin", "/admin/x?y", "/api/v1/internal/", "/a/b.php", "/x/.git/config"])
      expect([path, ...(await everywhere(path))]).toEqual([path, "404"]);
    const served = ["/administrator", "/api/internal", "/api/v1/v2/internal", "/php", "/?/admin"];
    for (const path of served) expect([path, ...(await everywhere(path))]).toEqual([path, "200"]);
    await guard({ "deny-paths": "403 /admin" });
    expect(await everywhere("/admin")).toEqual(["403"]);
  });

  it.each([
    "//admin",
    "/./admin",
    "/%61dmin",
    "/%41DMIN",
    "/ADMIN/",
    "/admin;jsessionid=1",
    "/;x/admin",
    "/..;/admin",
    "/x/../admin",
    "/x/%2e%2E/admin",
    "/x%2f..%2fadmin",
    "/%2fadmin",
    "/%5cadmin",
    "/%5C..%5Cadmin",
    "\\admin",
    "/%2561dmin",
    "/%252e%252e/admin",
    "/%25252561dmin",
    "/admin%00",
    "/x%00/../admin",
    "/%c0%ae%c0%ae/admin",
    "/admin%2f",
    "/admin%20/../admin",
    "/public/..",
    "/%e0%80%ae%e0%80%ae/admin",
    "/admin%23x",
    "/admin%3fx",
    "/admin#x",
    `/${"a/".repeat(1_500)}`,
  ])("are not gotten around with %s", async (path) => {
    await guard({ "deny-paths": "/admin" });
    const head = `Host: ${SHOP}\r\nConnection: close\r\n\r\n`;
    expect(await raw(`GET ${path} HTTP/1.1\r\n${head}`)).toMatch(/^40[04]$/);
    expect(await raw(`GET http://${SHOP}${path} HTTP/1.1\r\n${head}`)).toMatch(/^40[04]$/);
    const client = await Http2Client.connect(bench.tlsPort, SHOP);
    const answer = await client.get(SHOP, path).catch(() => ({ status: 400 }));
    expect(answer.status).toBeOneOf([400, 404]);
    await client.close();
  });

  it("are not gotten around with requests inside of requests", async () => {
    await guard({ "deny-paths": "/headers" });
    const hidden = `GET /headers HTTP/1.1\r\nHost: ${SHOP}\r\n\r\n`;
    const head = `POST /length HTTP/1.1\r\nHost: ${SHOP}\r\n`;
    const body = `0\r\n\r\n${hidden}`;
    for (const lengths of [
      `Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
      `Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n${body}`,
      `Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n${body}`,
      `Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `Content-Length: 0\r\n\r\n${hidden}`,
    ])
      expect(await exchangeRaw(bench.port, head + lengths)).not.toMatch(/x-forwarded/);
  });

  it("are not told to the application by headers that some take for the path", async () => {
    await guard({ "deny-paths": "/admin" });
    const headers = { "x-original-url": "/admin", "x-rewrite-url": "/admin" };
    const { body } = await bench.get(SHOP, "/headers", { headers });
    expect(body).not.toMatch(/admin/);
  });
});

describe("a rate", () => {
  it("holds for a client on all ways together, with a burst, and says when to come again", async () => {
    const [own, name] = ["rated.us-east-1.slipway.test", "www.rated.test"];
    await guard({ "rate-limit": "1/m burst=3" }, undefined, { host: own });
    await bench.name(name, own, { onHttp: "serve" });
    const client = await Http2Client.connect(bench.tlsPort, name);
    const headers = { "x-forwarded-for": "10.9.8.7" };
    const statuses = [
      (await bench.get(own)).status,
      (await client.get(name)).status,
      (await bench.get(name, "/", { headers })).status,
      (await client.get(name)).status,
    ];
    expect(statuses).toEqual([200, 200, 200, 429]);
    await client.close();
    const { status, headers: told } = await bench.get(own);
    expect(status).toBe(429);
    expect(Number(told["retry-after"])).toBeGreaterThan(50);
    expect(Number(told["retry-after"])).toBeLessThanOrEqual(61);
  });

  it("holds up who guesses passwords", async () => {
    const own = "guessed.us-east-1.slipway.test";
    await guard({ "rate-limit": "2/m" }, "alice:first", { host: own });
    const tries = [];
    for (const password of ["one", "two", "first", "four"]) {
      tries.push((await bench.get(own, "/", { headers: basic(`alice:${password}`) })).status);
    }
    expect(tries).toEqual([401, 401, 429, 429]);
  });

  it("goes on at its pace once the burst is used", async () => {
    const other = "other.us-east-1.slipway.test";
    await guard({ "rate-limit": "20/s burst=1" }, undefined, { host: other });
    const began = performance.now();
    let served = 0;
    while (performance.now() - began < 1_000) if ((await bench.get(other)).status === 200) served += 1;
    const elapsedMs = performance.now() - began;
    expect(served).toBeGreaterThan(2);
    expect(served).toBeLessThanOrEqual(elapsedMs / 50 + 2);
  });
});

describe("a body", () => {
  it("that is too large is refused by its length, and as it comes", async () => {
    await guard({ "max-body": "100KB" });
    const post = async (bytes: number, headers: Readonly<Record<string, string>> = {}) =>
      (await bench.get(SHOP, "/length", { method: "POST", body: "x".repeat(bytes), headers })).status;
    expect([await post(100_000), await post(100_001)]).toEqual([200, 413]);
    const chunked = { "transfer-encoding": "chunked" };
    expect([await post(10_000, chunked), await post(150_000, chunked)]).toEqual([200, 411]);
    const client = await Http2Client.connect(bench.tlsPort, NAME);
    const upload = async (bytes: number): Promise<number> => {
      const stream = client.session.request({ ":method": "POST", ":authority": NAME, ":path": "/length" });
      stream.on("error", () => undefined);
      const status = new Promise<number>((resolve) => {
        stream.on("response", (headers) => resolve(Number(headers[":status"])));
        stream.on("close", () => resolve(0));
      });
      stream.end("x".repeat(bytes));
      stream.resume();
      return status;
    };
    expect([await upload(10_000), await upload(400_000)]).toEqual([200, 411]);
    await guard({ "max-body": "5KB" });
    expect([await post(5_000, chunked), await post(5_001, chunked)]).toEqual([200, 413]);
    expect([await upload(5_000), await upload(5_001)]).toEqual([200, 413]);
    await client.close();
    const upgrade = `GET /length HTTP/1.1\r\nHost: ${SHOP}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
    const body = `186A1\r\n${"x".repeat(100_001)}\r\n0\r\n\r\n`;
    expect(await raw(`${upgrade}Transfer-Encoding: chunked\r\n\r\n${body}`)).toMatch(/^4(00|13)$/);
  });
});

describe("a service's own host", () => {
  it("may be off, while custom names go on", async () => {
    await guard({ "default-host": "off" });
    const own = [
      (await bench.get(SHOP)).status,
      (await bench.getTls(SHOP)).status,
      (await bench.get(`${SHOP.toUpperCase()}.:80`)).status,
    ];
    expect(own).toEqual([404, 404, 404]);
    expect([(await bench.get(NAME)).status, (await bench.getTls(NAME)).status]).toEqual([200, 200]);
    await bench.edge.setRedirect(true, signal);
    expect((await bench.get(SHOP)).status).toBe(404);
    await bench.edge.setRedirect(false, signal);
  });
});

/** Why requests for the path ended, as the log has it; resolves once `count` that the task makes are told. */
async function cutsOf(path: string, count: number, task: () => Promise<void>) {
  const ended = new AbortController();
  const cuts: (string | null)[] = [];
  const reading = (async () => {
    for await (const { records } of bench.edge.requests(ended.signal))
      for (const record of records) if (record.path === path) cuts.push(record.cut);
  })().catch(() => undefined);
  await task();
  await until(() => cuts.length >= count, `${count} lines`);
  ended.abort();
  await reading;
  return cuts;
}

describe("an instance that is silent", () => {
  it("is waited for as long as the service says; the log has its client leave", async () => {
    await guard({ "request-timeout": "1s" });
    const cuts = await cutsOf("/hold", 1, async () => {
      const { status, tookMs } = await bench.get(SHOP, "/hold");
      expect(status).toBe(504);
      expect(tookMs).toBeLessThan(2_500);
    });
    expect(cuts).toEqual(["client-left"]);
  });
});

describe("a guard that is taken away and comes back", () => {
  it("costs no request that is under way", async () => {
    await bench.route(SHOP, 1);
    const load = startLoad({ port: bench.port, host: SHOP });
    for (let round = 0; round < 40; round++) {
      await guard({ "max-body": "1MB" });
      await load.more(5);
      await bench.route(SHOP, 1);
    }
    await load.stop();
    expect([...load.counts.keys()]).toEqual(["shop 200"]);
  });
});

async function isAnother(worker: number): Promise<boolean> {
  const now = await bench.pids().catch(() => ({ worker }));
  return now.worker !== worker && now.worker !== 0;
}

describe("guards", () => {
  it("hold on under load with everything that they can say", async () => {
    const wish = { "allow-cidrs": "127.0.0.0/8", "deny-paths": "/admin *.php", "max-body": "1MB" };
    await guard({ ...wish, "rate-limit": "100000/s" }, "alice:first");
    const { worker } = await bench.pids();
    const answers = new Map<string, number>();
    const client = async (): Promise<void> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let count = 0; count < 60; count++) {
        const chunked = count % 3 === 0 ? { "transfer-encoding": "chunked" } : {};
        const headers = { ...basic("alice:first"), ...chunked };
        const wish = { agent, headers, method: "POST", body: "x".repeat(100 * count) };
        const { status } = await bench.get(SHOP, count % 2 === 0 ? "/" : "/admin", wish);
        const answer = `${count % 2 === 0 ? "/" : "/admin"} ${status}`;
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
      agent.destroy();
    };
    await Promise.all(Array.from({ length: 40 }, client));
    expect(Object.fromEntries(answers)).toEqual({ "/ 200": 1_200, "/admin 404": 1_200 });
    expect((await bench.pids()).worker).toBe(worker);
  });

  it("are there at once after HAProxy was killed, and before a control plane is", async () => {
    await guard({ "allow-cidrs": "10.0.0.0/8" });
    const { worker } = await bench.pids();
    process.kill(worker, "SIGKILL");
    const seen = new Set<string>();
    await until(async () => {
      const status = await bench.get(SHOP).then(
        (answer) => String(answer.status),
        () => "none",
      );
      if (status !== "none") seen.add(status);
      return status !== "none" && (await isAnother(worker));
    }, "HAProxy to be back");
    expect(await everywhere()).toEqual(["403"]);
    expect([...seen]).toEqual(["403"]);
    const state = await bench.edge.observe(signal);
    expect(state === "unknown" ? null : state.routes.get(SHOP)?.guard?.allowed).toEqual([
      { digits: "0a000000", bits: 8 },
    ]);
  });

  it("tell in the log and the counters whom they refused", async () => {
    await guard({ "deny-paths": "/admin", "allow-cidrs": "127.0.0.0/8" });
    const question = { slots: [1], hosts: [SHOP] };
    const refused = async (): Promise<number> => {
      const counters = await bench.edge.readCounters(question, signal);
      return counters === "unknown" ? -1 : (counters[0]?.refusals.get(SHOP)?.guardedCount ?? 0);
    };
    const before = await refused();
    const cuts = await cutsOf("/admin/told", 5, async () => {
      for (let index = 0; index < 5; index++) await bench.get(SHOP, "/admin/told");
    });
    expect((await refused()) - before).toBe(5);
    expect(cuts).toEqual(Array.from({ length: 5 }, () => "guard-path"));
  });
});
