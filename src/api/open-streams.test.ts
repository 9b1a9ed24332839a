import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import fastify from "fastify";
import { afterEach, expect, test } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import { OpenStreams } from "./open-streams.ts";

const STALLED_MS = 300;
const app = fastify();
afterEach(async () => app.close());

test("a client that takes nothing is left, and one that reads is not", async () => {
  const streams = new OpenStreams(STALLED_MS);
  const ended: string[] = [];
  async function* saying(name: string): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        await delay(5);
        yield Buffer.alloc(256 * 1024, "x");
      }
    } finally {
      ended.push(name);
    }
  }
  app.get<{ Params: { name: string } }>("/:name", (request, reply) =>
    streams.send(reply, { status: 200, headers: {}, body: saying(request.params.name) }),
  );
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ask = async (name: string) => {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    await once(socket, "connect");
    socket.write(`GET /${name} HTTP/1.1\r\nhost: a\r\n\r\n`);
    return socket;
  };
  const reader = (await ask("reader")).resume();
  const sleeper = (await ask("sleeper")).pause();
  await waitFor(async () => ended.length > 0, { what: "the end of what nobody reads" });
  expect(ended).toEqual(["sleeper"]);
  reader.destroy();
  sleeper.destroy();
  await waitFor(async () => ended.length === 2, { what: "the end of what was read" });
});

test("a reply ends when who asked for it may no longer have it, or nobody can say", async () => {
  const streams = new OpenStreams(60_000, 20);
  const leave = { held: true, unknown: true };
  const ended: string[] = [];
  async function* saying(name: string): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        await delay(5);
        yield Buffer.from(".");
      }
    } finally {
      ended.push(name);
    }
  }
  const other = fastify();
  other.get<{ Params: { name: "held" | "unknown" } }>("/:name", (request, reply) => {
    const { name } = request.params;
    const mayGoOn = (): Promise<boolean> =>
      name === "unknown" && !leave.unknown
        ? Promise.reject(new Error("no store"))
        : Promise.resolve(leave[name]);
    return streams.send(reply, { status: 200, headers: {}, body: saying(name) }, mayGoOn);
  });
  try {
    await other.listen({ host: "127.0.0.1", port: 0 });
    const { port } = other.server.address() as AddressInfo;
    for (const name of ["held", "unknown"]) {
      const socket = connect(port, "127.0.0.1").on("error", () => undefined);
      await once(socket, "connect");
      socket.resume().write(`GET /${name} HTTP/1.1\r\nhost: a\r\n\r\n`);
      await once(socket, "data");
    }
    leave.unknown = false;
    await waitFor(async () => ended.length > 0, { what: "the end of what nobody can say of" });
    expect(ended).toEqual(["unknown"]);
    leave.held = false;
    await waitFor(async () => ended.length === 2, { what: "the end of what may not go on" });
  } finally {
    await other.close();
  }
});
