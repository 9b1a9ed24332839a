/** Who clients are, with real HAProxy: behind proxies that are trusted and others, many of one address, and slow ones. */
import { createConnection, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseExtensions } from "../domain/extension.ts";
import { until } from "./testing/client.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const SHOP = "shop.us-east-1.slipway.test";
const [STRANGER, PROXY, INNER_PROXY] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
const trustedProxies = ["127.0.0.2/31"];
const LIMIT = 20;

let bench: Workbench;

beforeAll(async () => {
  const clients = { trustedProxies, isProxyProtocol: false, connectionsPerAddress: LIMIT };
  bench = await Workbench.create({ clients });
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  await bench.serve(1, await bench.origin("shop"));
  await bench.route(SHOP, 1);
});
afterAll(async () => bench.dispose());

interface Ask {
  readonly from: string;
  readonly headers?: readonly string[];
  readonly isTls?: boolean;
  /** Before everything else. */
  readonly preamble?: string;
  readonly host?: string;
}

function open({ from, isTls = false }: Pick<Ask, "from" | "isTls">): Socket {
  const target = { port: isTls ? bench.tlsPort : bench.port, host: "127.0.0.1", localAddress: from };
  return createConnection(target).on("error", () => undefined);
}

/** All that comes back for one request; nothing where the connection is refused. */
async function ask({ from, headers = [], isTls = false, preamble = "", host = SHOP }: Ask): Promise<string> {
  const plain = open({ from, isTls });
  if (preamble !== "") plain.write(preamble);
  const socket = isTls ? connectTls({ socket: plain, servername: host, rejectUnauthorized: false }) : plain;
  socket.on("error", () => undefined);
  const lines = [`GET /headers HTTP/1.1`, `Host: ${host}`, "Connection: close", ...headers, "", ""];
  socket.write(lines.join("\r\n"));
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

/** What the application is told of the client: address and scheme. */
async function told(wish: Ask): Promise<string> {
  const answer = await ask(wish);
  const seen = (name: string) => new RegExp(`"${name}":"([^"]*)"`).exec(answer)?.[1] ?? answer.slice(0, 40);
  return `${seen("x-forwarded-for")} ${seen("x-forwarded-proto")}`;
}

describe("X-Forwarded-For", () => {
  it.each([
    ["of a stranger is replaced", STRANGER, ["X-Forwarded-For: 10.1.1.1"], "127.0.0.1"],
    ["of a trusted proxy names the client", PROXY, ["X-Forwarded-For: 10.1.1.1"], "10.1.1.1"],
    ["may be an IPv6 address", PROXY, ["X-Forwarded-For: 2001:db8::7"], "2001:db8::7"],
    ["is believed from its end only", PROXY, ["X-Forwarded-For: 6.6.6.6, 10.1.1.1"], "10.1.1.1"],
    ["may stand on many lines", PROXY, ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 10.1.1.1"], "10.1.1.1"],
    ["goes on behind proxies in a row", PROXY, [`X-Forwarded-For: 10.1.1.1, ${INNER_PROXY}`], "10.1.1.1"],
    ["ends where something else stands", PROXY, ["X-Forwarded-For: 6.6.6.6, unknown"], PROXY],
    ["that is missing leaves the proxy", PROXY, [], PROXY],
  ])("%s", async (_what, from, headers, client) => {
    expect(await told({ from, headers })).toBe(`${client} http`);
    expect(await told({ from, headers, isTls: true })).toBe(`${client} https`);
  });

  it("brings the client's scheme, and no redirect for one whose TLS the proxy has ended", async () => {
    const headers = ["X-Forwarded-For: 10.1.1.1", "X-Forwarded-Proto: https"];
    expect(await told({ from: PROXY, headers })).toBe("10.1.1.1 https");
    expect(await told({ from: STRANGER, headers })).toBe("127.0.0.1 http");
    await bench.edge.setRedirect(true, signal);
    expect(await told({ from: PROXY, headers })).toBe("10.1.1.1 https");
    expect(await ask({ from: STRANGER, headers })).toMatch(/^HTTP\/1.1 301/);
    await bench.edge.setRedirect(false, signal);
  });

  it("is believed on connections that a reload found open", async () => {
    const socket = open({ from: PROXY });
    const head = `Host: ${SHOP}\r\nX-Forwarded-For: 10.1.1.1\r\nX-Forwarded-Proto: https\r\n`;
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const answers = async (count: number): Promise<readonly string[]> => {
      const seen = () => [...text.matchAll(/"x-forwarded-for":"([^"]*)".*?"x-forwarded-proto":"([^"]*)"/g)];
      await until(() => seen().length === count, `${count} answers`, 5_000);
      return seen().map(([, client, scheme]) => `${client} ${scheme}`);
    };
    socket.write(`GET /headers HTTP/1.1\r\n${head}\r\n`);
    expect(await answers(1)).toEqual(["10.1.1.1 https"]);
    const { worker } = await bench.pids();
    await bench.edge.prepare({ minimumSlots: 16 }, signal);
    expect((await bench.pids()).worker).not.toBe(worker);
    socket.write(`GET /headers HTTP/1.1\r\n${head}\r\n`);
    expect(await answers(2)).toEqual(["10.1.1.1 https", "10.1.1.1 https"]);
    socket.destroy();
  });

  it("is what ranges of addresses are compared with, and what the log tells", async () => {
    const ended = new AbortController();
    const clients: string[] = [];
    const reading = (async () => {
      for await (const { records } of bench.edge.requests(ended.signal))
        for (const { clientAddress } of records) clients.push(clientAddress);
    })().catch(() => undefined);
    const own = "guarded.us-east-1.slipway.test";
    const { basicAuth: _none, ...protection } = parseExtensions([
      { key: "slipway:allow-cidrs", value: "10.0.0.0/8" },
    ]).protection;
    const guard = { ...protection, passwords: null };
    await bench.edge.setRoute(own, { kind: "slot", slot: 1, queueLimit: 9, gate: "open", guard }, signal);
    const from = async (client: string, by: string) =>
      (await ask({ from: by, host: own, headers: [`X-Forwarded-For: ${client}`] })).slice(9, 12);
    expect(await from("10.1.1.9", PROXY)).toBe("200");
    expect(await from("11.1.1.9", PROXY)).toBe("403");
    expect(await from("10.1.1.9", STRANGER)).toBe("403");
    await until(() => clients.includes("10.1.1.9") && clients.includes("11.1.1.9"), "both in the log");
    ended.abort();
    await reading;
  });
});

describe("connections of one address", () => {
  it("are limited while others are served, those of trusted proxies are not, and slow ones end", async () => {
    const hold = (from: string, count: number): Socket[] =>
      Array.from({ length: count }, () => {
        const socket = open({ from });
        socket.write(`GET / HTTP/1.1\r\nHost: ${SHOP}\r\nX-Slow: `);
        return socket;
      });
    const slow = [...hold("127.0.0.9", 300), ...hold(PROXY, 100)];
    const closed = new Set<Socket>();
    for (const socket of slow) socket.on("close", () => closed.add(socket)).resume();
    await until(() => closed.size === 300 - LIMIT, "those above the limit to be closed");
    const dripping = setInterval(() => {
      for (const socket of slow) if (!socket.destroyed) socket.write("x");
    }, 200);
    const began = performance.now();
    expect(await told({ from: STRANGER })).toBe("127.0.0.1 http");
    expect(await ask({ from: "127.0.0.9" })).toBe("");
    await until(() => closed.size === slow.length, "those that send a letter at a time to be ended", 15_000);
    expect(performance.now() - began).toBeGreaterThan(5_000);
    clearInterval(dripping);
    expect(await told({ from: "127.0.0.9" })).toBe("127.0.0.9 http");
  }, 30_000);
});

describe("the PROXY protocol", () => {
  const v1 = "PROXY TCP4 10.2.2.2 127.0.0.1 4000 80\r\n";

  it("is spoken by trusted proxies alone, and what their clients say of others is replaced", async () => {
    const clients = { trustedProxies, isProxyProtocol: true, connectionsPerAddress: LIMIT };
    bench.edge = bench.anotherEdge({ clients });
    await bench.edge.prepare({ minimumSlots: 16 }, signal);
    const headers = ["X-Forwarded-For: 10.1.1.1", "X-Forwarded-Proto: https"];
    expect(await told({ from: PROXY, preamble: v1, headers })).toBe("10.2.2.2 http");
    expect(await told({ from: PROXY, preamble: v1, headers, isTls: true })).toBe("10.2.2.2 https");
    const ofProxy = v1.replace("10.2.2.2", INNER_PROXY);
    expect(await told({ from: PROXY, preamble: ofProxy, headers })).toBe(`${INNER_PROXY} http`);
    expect(await ask({ from: STRANGER, preamble: v1 })).toMatch(/^HTTP\/1.1 400/);
    expect(await ask({ from: PROXY })).not.toMatch(/x-forwarded/);
    expect(await told({ from: STRANGER, headers })).toBe("127.0.0.1 http");
  });
});
