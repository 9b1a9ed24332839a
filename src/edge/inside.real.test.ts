/** Internal listeners with real HAProxy: private services are there and nowhere else, for whoever may call them. */
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Gate } from "../domain/scaling.ts";
import type { InternalWish } from "../ports/edge-internal.ts";
import { freePort } from "../../test/support/free-port.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const SHOP = "shop.us-east-1.slipway.test";
const BILLING = "billing.us-east-1.slipway.test";
const CUSTOM = "www.billing.test";
const INTERNAL = "billing.internal";
const DOOR = "door.us-east-1.slipway.test";
const [CALLER, OTHER] = ["127.0.0.11", "127.0.0.12"];
const SHOP_ID = "1".repeat(32);

let bench: Workbench;
let ports: { bridge: number; ingress: number; tls: number };

const listeners = () => [
  { name: "bridge" as const, address: "127.0.0.2", port: ports.bridge },
  { name: "ingress" as const, address: "127.0.0.1", port: ports.ingress },
  { name: "ingress_tls" as const, address: "127.0.0.1", port: ports.tls },
];
const wish = (change: Partial<InternalWish> = {}): InternalWish => ({
  names: new Map([
    [INTERNAL, { host: BILLING, isIngress: false }],
    [DOOR, { host: BILLING, isIngress: true }],
    ["shop.internal", { host: SHOP, isIngress: false }],
  ]),
  connections: [{ callerId: SHOP_ID, host: BILLING }],
  ...change,
});

beforeAll(async () => {
  ports = { bridge: await freePort(), ingress: await freePort(), tls: await freePort() };
  bench = await Workbench.create({ inside: async () => await Promise.resolve(listeners()) });
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  await bench.serve(1, await bench.origin("shop"));
  await bench.serve(2, await bench.origin("billing"));
  await bench.name(CUSTOM, BILLING, { onHttp: "serve" });
});
beforeEach(async () => {
  await route();
  await bench.route(SHOP, 1);
  await bench.edge.setInternal(wish(), signal);
  await bench.edge.setCaller(CALLER, SHOP_ID, signal);
  await bench.edge.setCaller(OTHER, null, signal);
});
afterAll(async () => bench.dispose());

async function route(isPrivate = true, gate: Gate = "open"): Promise<void> {
  const place = { kind: "slot", slot: 2, queueLimit: 100, gate } as const;
  await bench.edge.setRoute(BILLING, isPrivate ? { ...place, isPrivate } : place, signal);
}

interface Asked {
  readonly host: string;
  readonly from?: string;
  readonly port?: number;
  readonly address?: string;
  readonly path?: string;
}

/** Status and body. */
async function ask({ host, from = CALLER, port = ports.bridge, address = "127.0.0.2", path = "/" }: Asked) {
  const isTls = port === ports.tls || port === bench.tlsPort;
  const options = {
    host: address,
    port,
    path,
    localAddress: from,
    headers: { host },
    agent: false,
    timeout: 5_000,
  };
  return await new Promise<string>((resolve, reject) => {
    const tls = { ...options, servername: host, rejectUnauthorized: false };
    const call = isTls ? tlsRequest(tls) : plainRequest(options);
    call.on("response", (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve(`${response.statusCode} ${body.slice(0, 40)}`));
    });
    call.on("error", reject).end();
  });
}

const ingress = (host: string) => ask({ host, port: ports.ingress, address: "127.0.0.1", from: "127.0.0.1" });
const publicly = async (host: string) => [(await bench.get(host)).status, (await bench.getTls(host)).status];

describe("a private service", () => {
  it.each<Gate>(["open", "watched"])(
    "is unknown to the public, by each of its names, with its gate %s",
    async (gate) => {
      await route(true, gate);
      for (const host of [BILLING, CUSTOM, INTERNAL, DOOR]) {
        expect([host, ...(await publicly(host))]).toEqual([host, 404, 421]);
      }
      expect(await publicly("nobody.us-east-1.slipway.test")).toEqual([404, 421]);
    },
  );

  it.each<Gate>(["open", "watched"])(
    "answers a connected service under its internal name, with its gate %s",
    async (gate) => {
      await route(true, gate);
      expect(await ask({ host: INTERNAL })).toMatch(/^200 /);
      expect(await ask({ host: `${INTERNAL.toUpperCase()}:${ports.bridge}` })).toMatch(/^200 /);
      expect(await ask({ host: DOOR })).toMatch(/^200 /);
    },
  );

  it("answers nobody who is not connected, and tells nobody that it is there", async () => {
    const nothing = await ask({ host: "nothing.internal" });
    expect(nothing).toMatch(/^404 /);
    expect(await ask({ host: INTERNAL, from: OTHER })).toBe(nothing);
    expect(await ask({ host: "shop.internal" })).toBe(nothing);
    expect(await ask({ host: BILLING })).toBe(nothing);
    expect(await ask({ host: CUSTOM })).toBe(nothing);
    await bench.edge.setInternal(wish({ connections: [] }), signal);
    expect(await ask({ host: INTERNAL })).toBe(nothing);
  });

  it("is published by its ingress connection's name on that listener alone, with TLS and without", async () => {
    expect(await ingress(DOOR)).toMatch(/^200 /);
    const tls = { port: ports.tls, address: "127.0.0.1", from: "127.0.0.1" };
    expect(await ask({ ...tls, host: DOOR })).toMatch(/^200 /);
    for (const host of [INTERNAL, BILLING, "shop.internal", SHOP])
      expect(await ingress(host)).toMatch(/^404 /);
  });

  it("is held for at a closed gate as every other, and told of by its own host", async () => {
    await route(true, "closed");
    const arrivals = bench.edge.arrivals(signal)[Symbol.asyncIterator]();
    const answer = ask({ host: INTERNAL });
    expect((await arrivals.next()).value).toMatchObject({ host: BILLING });
    expect(await publicly(BILLING)).toEqual([404, 421]);
    await route(true, "open");
    expect(await answer).toMatch(/^200 /);
    await arrivals.return?.();
  });

  it("becomes public by its next route, and private again", async () => {
    await route(false);
    expect(await publicly(BILLING)).toEqual([200, 200]);
    expect(await ask({ host: INTERNAL })).toMatch(/^200 /);
    await route(true);
    expect(await publicly(BILLING)).toEqual([404, 421]);
    expect(await bench.edge.observe(signal)).toMatchObject({
      routes: new Map([
        [BILLING, { kind: "slot", slot: 2, queueLimit: 100, gate: "open", isPrivate: true }],
        [SHOP, expect.objectContaining({ kind: "slot" })],
      ]),
    });
  });
});

describe("an address", () => {
  it("loses what it could call when it becomes another's", async () => {
    expect(await ask({ host: INTERNAL })).toMatch(/^200 /);
    await bench.edge.setCaller(CALLER, "2".repeat(32), signal);
    expect(await ask({ host: INTERNAL })).toMatch(/^404 /);
  });

  it("keeps what it may after HAProxy and control plane start anew", async () => {
    await bench.edge.setCaller(CALLER, SHOP_ID, signal);
    process.kill((await bench.pids()).master, "SIGKILL");
    const afresh = bench.anotherEdge({ inside: async () => await Promise.resolve(listeners()) });
    await afresh.prepare({ minimumSlots: 8 }, signal);
    const answered = async () => (await ask({ host: INTERNAL })).startsWith("200 ");
    await waitFor(answered, { what: "an answer of the new worker" });
    expect(await ask({ host: INTERNAL, from: OTHER })).toMatch(/^404 /);
    expect(await publicly(BILLING)).toEqual([404, 421]);
  });
});

describe("a listener", () => {
  it("that cannot be had is left out and told of, and the public is served", async () => {
    const port = await freePort();
    const holder = await new Promise<Server>((resolve) => {
      const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
    });
    const taken = { name: "ingress" as const, address: "127.0.0.1", port };
    const later = { name: "bridge" as const, address: "203.0.113.77", port: ports.bridge };
    const edge = bench.anotherEdge({ inside: async () => await Promise.resolve([taken, later]) });
    try {
      await edge.prepare({ minimumSlots: 8 }, signal);
      expect(edge.internalListeners()).toEqual([
        { ...taken, problem: expect.stringMatching(/\(pid \d+\) has port \d+/) },
        { ...later, problem: null },
      ]);
      expect(await publicly(SHOP)).toEqual([200, 200]);
    } finally {
      holder.close();
    }
  });
});
