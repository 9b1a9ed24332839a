/** TLS with real HAProxy: what it offers, and that nothing of the gate, of reloads and of crashes is different on it. */
import { once } from "node:events";
import { Agent as TlsAgent } from "node:https";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "../../test/support/free-port.ts";
import { hasEnded } from "./supervisor.ts";
import { startLoad, until } from "./testing/client.ts";
import { answerOf, Http2Client } from "./testing/http2-client.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const HOST = "app.us-east-1.slipway.test";
const NAME = "www.app.test";

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  await bench.serve(1, await bench.origin("app"));
  await bench.route(HOST, 1);
  await bench.name(NAME, HOST);
});
afterAll(async () => bench.dispose());

async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const target = { port: bench.tlsPort, host: "127.0.0.1", servername: NAME, rejectUnauthorized: false };
  // OpenSSL's clients would refuse old protocols and ciphers themselves.
  const socket = connect({ ...target, ciphers: "ALL:@SECLEVEL=0", minVersion: "TLSv1", ...options });
  await once(socket, "secureConnect");
  return socket;
}

async function protocolAndCipher(options: ConnectionOptions): Promise<string> {
  const socket = await handshake(options);
  const described = `${String(socket.getProtocol())} ${socket.getCipher().name}`;
  socket.destroy();
  return described;
}

describe("a handshake", () => {
  it.each(["TLSv1", "TLSv1.1"] as const)("is refused with %s", async (version) => {
    await expect(handshake({ minVersion: version, maxVersion: version })).rejects.toThrow(/protocol version/);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "is made with %s, keys of the moment, and an authenticated cipher",
    async (version) => {
      const options = { minVersion: version, maxVersion: version } as const;
      expect(await protocolAndCipher(options)).toMatch(/^TLSv1\.[23] (TLS|ECDHE-ECDSA)[_-]\S*(GCM|POLY1305)/);
    },
  );

  it.each([
    "AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-ECDSA-AES128-SHA",
    "DHE-RSA-AES128-GCM-SHA256",
    "ADH-AES128-SHA",
    "PSK-AES128-GCM-SHA256",
  ])("is refused with %s", async (cipher) => {
    const options = { maxVersion: "TLSv1.2", ciphers: `${cipher}:@SECLEVEL=0` } as const;
    await expect(handshake(options)).rejects.toThrow(/handshake failure|no ciphers available/);
  });

  it.each(["X25519", "prime256v1", "secp384r1"])("is made with the curve %s", async (ecdhCurve) => {
    expect(await protocolAndCipher({ ecdhCurve })).toMatch(/^TLSv1\.3/);
  });

  it("has an order of ciphers, but ChaCha20 for whom it comes first: phones without AES in hardware", async () => {
    const agreed = async (...suites: string[]): Promise<string> => {
      const ciphers = suites.map((suite) => `ECDHE-ECDSA-${suite}`).join(":");
      return protocolAndCipher({ maxVersion: "TLSv1.2", ciphers });
    };
    expect(await agreed("AES256-GCM-SHA384", "AES128-GCM-SHA256")).toContain("AES128");
    expect(await agreed("AES128-GCM-SHA256", "CHACHA20-POLY1305")).toContain("AES128");
    expect(await agreed("CHACHA20-POLY1305", "AES128-GCM-SHA256")).toContain("CHACHA20");
  });

  it("agrees on HTTP/2 or HTTP/1.1, and on HTTP/1.1 with who says nothing", async () => {
    const agreed = async (ALPNProtocols: string[]): Promise<unknown> => {
      const socket = await handshake({ ALPNProtocols });
      socket.destroy();
      return socket.alpnProtocol;
    };
    expect(await agreed(["http/1.1", "h2"])).toBe("h2");
    expect(await agreed(["http/1.1"])).toBe("http/1.1");
    expect(await agreed([])).toBe(false);
    expect((await bench.getTls(NAME)).body).toBe("app");
  });

  it("is not made anew within a connection", async () => {
    const socket = await handshake({ maxVersion: "TLSv1.2" });
    const problem = await new Promise((resolve) => {
      socket.renegotiate({}, resolve);
      socket.once("error", resolve);
    });
    expect(String(problem)).toMatch(/no.renegotiation/i);
    socket.destroy();
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "is resumed with %s, without a ticket that a key would open",
    async (version) => {
      const options = { minVersion: version, maxVersion: version } as const;
      const first = await handshake(options);
      const sessions: Buffer[] = [];
      first.on("session", (session: Buffer) => sessions.push(session));
      await ask(first, NAME);
      const session = first.getSession() ?? sessions.at(-1);
      // What TLS 1.3 calls a ticket is a key of the server's cache: the session itself would not fit.
      expect(first.getTLSTicket()?.length ?? 0).toBeLessThanOrEqual(32);
      first.destroy();
      const second = await handshake({ ...options, session: sessions.at(-1) ?? session });
      expect(second.isSessionReused()).toBe(true);
      expect(await ask(second, NAME)).toContain("200 OK");
      second.destroy();
    },
  );

  it("that is resumed is still for the name it began with", async () => {
    const options = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
    const first = await handshake(options);
    await ask(first, NAME);
    const session = first.getSession();
    first.destroy();
    const other = await handshake({
      ...options,
      servername: HOST,
      ...(session !== undefined && { session }),
    });
    expect(await ask(other, other.isSessionReused() ? HOST : NAME)).toContain("421 Misdirected");
    other.destroy();
  });
});

/** One request; the head of the answer. */
async function ask(socket: TLSSocket, host: string): Promise<string> {
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return chunk.toString();
}

/** What is told of arrivals, as `host held`, and what ends the telling. */
function listen(): readonly [readonly string[], () => void] {
  const heard: string[] = [];
  const stop = new AbortController();
  void (async () => {
    for await (const { host, heldCount } of bench.edge.arrivals(stop.signal))
      heard.push(`${host} ${heldCount}`);
  })();
  return [heard, () => stop.abort()];
}

describe("the gate", () => {
  it("holds requests of every kind and name for their service, and lets them through", async () => {
    const [heard, stop] = listen();
    const origin = await bench.origin("opened");
    await bench.name("gate.test", "own.gate.test", { hstsMaxAgeS: 60 });
    await bench.name("*.gate.test", "own.gate.test", { onHttp: "serve" });
    await bench.gate("own.gate.test", 2, "closed");

    const client = await Http2Client.connect(bench.tlsPort, "a.gate.test");
    const agent = new TlsAgent({ servername: "gate.test", rejectUnauthorized: false });
    const url = `wss://127.0.0.1:${bench.tlsPort}/socket`;
    const socket = new WebSocket(url, { headers: { host: "gate.test" }, agent });
    const echoed = new Promise<string>((resolve, reject) => {
      socket.on("open", () => socket.send("hello"));
      socket.on("message", (data: Buffer) => resolve(data.toString()));
      socket.on("error", reject);
    });
    const body = "x".repeat(3_000_000);
    const held = [
      bench.getTls("gate.test", "/", { method: "POST", body }),
      bench.getTls("own.gate.test"),
      bench.get("own.gate.test"),
      bench.get("plain.gate.test"),
      client.get("a.gate.test"),
    ];
    await until(() => heard.at(-1) === "own.gate.test 6", "all six to be held, under the service's own host");
    expect(origin.seen()).toBe(0);
    await bench.serve(2, origin);
    await bench.gate("own.gate.test", 2, "open");
    for (const answer of await Promise.all(held))
      expect(answer).toMatchObject({ status: 200, body: "opened" });
    expect((await held[0])?.headers["strict-transport-security"]).toBe("max-age=60");
    expect(await echoed).toBe("hello");
    socket.close();
    await client.close();
    stop();
  });

  it("watched, tells of names too, and passes", async () => {
    const [heard, stop] = listen();
    await bench.serve(3, await bench.origin("watched"));
    await bench.name("watched.test", "own.watched.test", { onHttp: "serve" });
    await bench.gate("own.watched.test", 3, "watched");
    expect((await bench.getTls("watched.test")).body).toBe("watched");
    expect((await bench.get("watched.test")).body).toBe("watched");
    await until(() => heard.includes("own.watched.test 0"), "the arrival");
    stop();
  });

  it("holds over a reload, for the new worker to decide", async () => {
    const origin = await bench.origin("reheld");
    await bench.name("reheld.test", "own.reheld.test");
    await bench.gate("own.reheld.test", 4, "closed");
    const held = Array.from({ length: 10 }, () => bench.getTls("reheld.test", "/headers"));
    await bench.edge.prepare({ minimumSlots: 12 }, signal);
    await bench.serve(4, origin);
    await bench.gate("own.reheld.test", 4, "open");
    for (const { status, body } of await Promise.all(held)) {
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
      });
    }
  });
});

it("answers 429 beyond the queue's limit under any name", async () => {
  const origin = await bench.origin("full");
  await bench.serve(5, origin, { maxConcurrency: 1 });
  await bench.route("own.full.test", 5, 1);
  await bench.name("full.test", "own.full.test");
  const held = [0, 1].map(() => bench.getTls("full.test", "/hold"));
  await until(async () => (await bench.slot(5)).queued === 1, "the second to wait");
  expect((await bench.getTls("full.test")).status).toBe(429);
  origin.release();
  await until(() => origin.seen() === 2, "the second to arrive");
  origin.release();
  await Promise.all(held);
});

describe("a reload", () => {
  it("fails no request, on new connections and kept ones", async () => {
    const load = startLoad({ port: bench.tlsPort, host: NAME, serverName: NAME });
    for (const minimumSlots of [20, 21, 22]) {
      await load.more(50);
      await bench.edge.prepare({ minimumSlots }, signal);
      await load.more(50);
    }
    await load.stop();
    expect([...load.counts.keys()]).toEqual(["app 200"]);
  });

  it("leaves no connection of the old worker with what is gone", async () => {
    const [old, fresh] = [await bench.origin("handed-old"), await bench.origin("handed-new")];
    await bench.serve(6, old);
    await bench.route("own.handed.test", 6);
    await bench.name("handed.test", "own.handed.test", { hstsMaxAgeS: 60 });
    const agent = new TlsAgent({ keepAlive: true, maxSockets: 1 });
    expect((await bench.getTls("handed.test", "/", { agent })).body).toBe("handed-old");
    const socket = await handshake({ servername: "handed.test" });
    expect(await ask(socket, "handed.test")).toContain("handed-old");
    const client = await Http2Client.connect(bench.tlsPort, "handed.test");
    const streamed = client.open("handed.test", "/events");
    const [first] = (await once(streamed, "data")) as [Buffer];
    expect(first.toString()).toContain("data: 1");

    await bench.edge.prepare({ minimumSlots: 30 }, signal);
    await bench.serve(7, fresh);
    await bench.route("own.handed.test", 7);
    await bench.name("handed.test", "own.handed.test", { hstsMaxAgeS: 90 });
    old.release();
    const [second] = (await once(streamed, "data")) as [Buffer];
    expect(second.toString()).toContain("data: 2");
    streamed.close();
    await bench.edge.removeServer(6, old.name, signal);
    await old.close();

    expect(await ask(socket, "handed.test")).toContain("handed-new");
    const answer = await bench.getTls("handed.test", "/headers", { agent });
    expect(JSON.parse(answer.body)).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-port": String(bench.tlsPort),
    });
    socket.destroy();
    agent.destroy();
    await client.close();
  });
});

it("refuses no connection while HAProxy is killed again and again", async () => {
  const load = startLoad({ port: bench.tlsPort, host: NAME, serverName: NAME }, 4);
  for (let round = 0; round < 3; round += 1) {
    await load.more(20);
    const { worker } = await bench.pids();
    process.kill(worker, "SIGKILL");
    await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
    await load.more(20);
  }
  await load.stop();
  const failures = [...load.counts.keys()].filter((outcome) => outcome !== "app 200");
  // What was in flight is lost, a handshake too; nobody finds the port closed.
  expect(
    failures.filter((failure) => !/ECONNRESET|EPIPE|socket hang up|socket disconnected/.test(failure)),
  ).toEqual([]);
});

it("keeps the port over the loss of the supervisor, and of HAProxy under the next one", async () => {
  const before = await bench.pids();
  process.kill(before.supervisor, "SIGKILL");
  await until(async () => (await bench.pids()).supervisor === 0, "the supervisor to be gone");
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  await until(async () => (await bench.pids()).supervisor !== 0, "the next supervisor");
  expect((await bench.pids()).master).toBe(before.master);
  process.kill(before.master, "SIGKILL");
  await until(() => hasEnded(before.worker), "the worker to be gone");
  // Whoever connects meanwhile waits for the next HAProxy.
  expect((await bench.getTls(NAME)).body).toBe("app");
  await until(async () => (await bench.pids().catch(() => before)).master !== before.master, "a new HAProxy");
  expect((await bench.getTls(NAME)).body).toBe("app");
});

it("speaks HTTP/2 to clients with a WebSocket in it", async () => {
  const client = await Http2Client.connect(bench.tlsPort, NAME);
  await until(() => client.session.remoteSettings.enableConnectProtocol === true, "the server's settings");
  const stream = client.open(NAME, "/socket", {
    ":method": "CONNECT",
    ":protocol": "websocket",
    "sec-websocket-version": "13",
  });
  const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
  expect(headers[":status"]).toBe(200);
  // A masked text frame (mask 0): "hi".
  stream.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
  const [echo] = (await once(stream, "data")) as [Buffer];
  expect(echo.toString("latin1")).toBe("\x81\x02hi");
  stream.close();
  await client.close();
});

it("takes uploads and many streams on one connection", async () => {
  const client = await Http2Client.connect(bench.tlsPort, NAME);
  const upload = client.open(NAME, "/", { ":method": "POST" });
  upload.end("x".repeat(3_000_000));
  const answers = await Promise.all([
    answerOf(upload),
    ...Array.from({ length: 50 }, () => client.get(NAME)),
  ]);
  expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(["200 app"]));
  await client.close();
});

it("moves one port and leaves the other where it is; says who has it", async () => {
  const other = await Workbench.create();
  await other.edge.prepare({ minimumSlots: 1 }, signal);
  const httpsPort = await freePort();
  await other.anotherEdge({ httpsPort }).prepare({ minimumSlots: 1 }, signal);
  const tls = { host: "x.test", serverName: "x.test" };
  expect((await other.getTls("x.test", "/", { ...tls, port: httpsPort })).status).toBe(421);
  expect((await other.get("x.test")).status).toBe(404);
  await expect(other.getTls("x.test")).rejects.toThrow(/ECONNREFUSED/);
  process.kill((await other.pids()).supervisor, "SIGKILL");
  await until(async () => (await other.pids()).supervisor === 0, "the supervisor to be gone");
  await other.edge.prepare({ minimumSlots: 1 }, signal);
  expect((await other.getTls("x.test")).status).toBe(421);
  await expect(other.getTls("x.test", "/", { ...tls, port: httpsPort })).rejects.toThrow(/ECONNREFUSED/);
  await expect(
    other.anotherEdge({ httpsPort: bench.tlsPort }).prepare({ minimumSlots: 1 }, signal),
  ).rejects.toThrow(new RegExp(`port ${bench.tlsPort}: Address already in use. .+ has it.`));
  await other.dispose();
});
