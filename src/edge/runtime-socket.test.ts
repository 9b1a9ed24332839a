import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { runCommand, runCommands } from "./runtime-socket.ts";

const { signal } = new AbortController();
const unavailable = { entry: "EdgeUnavailable" };

let directory = "";
let server: Server | null = null;
let path = "";
const sockets: Socket[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-socket-"));
  path = join(directory, "haproxy.sock");
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
  server = null;
  rmSync(directory, { recursive: true, force: true });
});

/** Somebody who answers a line in a way of his own. */
async function answering(answer: (line: string, socket: Socket) => void): Promise<void> {
  server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    socket.setEncoding("utf8").once("data", (line: string) => answer(line.trim(), socket));
  }).listen(path);
  await once(server, "listening");
}

describe("commands", () => {
  it("get their replies whole, also long ones, and several at a time are not mixed up", async () => {
    await answering((line, socket) => socket.end(`${line} é${"x".repeat(200_000)}\n\n`));
    const lines = ["one", "two", "three"];
    const replies = await Promise.all(lines.map((line) => runCommands(path, [line], signal)));
    expect(replies).toEqual(lines.map((line) => [`${line} é${"x".repeat(200_000)}`]));
  });

  it("fail when nobody listens, and when nobody stays to answer", async () => {
    await expect(runCommand(path, "show info", signal)).rejects.toMatchObject(unavailable);
    await answering((_line, socket) => socket.destroy());
    await expect(runCommands(path, ["show info", "show stat"], signal)).rejects.toMatchObject(unavailable);
  });

  it("fail when no answer comes in time, and the connection is closed", async () => {
    const hung = Promise.withResolvers<Socket>();
    await answering((_line, socket) => hung.resolve(socket));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const reply = runCommand(path, "show info", signal);
    const closed = once(await hung.promise, "close");
    vi.advanceTimersByTime(5_000);
    await expect(reply).rejects.toMatchObject(unavailable);
    await closed;
  });

  it("end with the caller's reason when he gives up", async () => {
    const stop = new AbortController();
    await answering(() => stop.abort(new Error("stopped")));
    await expect(runCommand(path, "show info", stop.signal)).rejects.toThrow("stopped");
  });

  it("come a few at a time, however many are asked, and who gives up while waiting is never asked", async () => {
    let open = 0;
    let most = 0;
    const asked: string[] = [];
    await answering((line, socket) => {
      asked.push(line);
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        socket.end(`${line}\n\n`);
      });
    });
    const lines = Array.from({ length: 200 }, (_, index) => `show ${index}`);
    const stop = new AbortController();
    const replies = Promise.all(lines.map((line) => runCommands(path, [line], signal)));
    const given = runCommands(path, ["never"], stop.signal);
    stop.abort(new Error("stopped"));
    await expect(given).rejects.toThrow("stopped");
    expect(await replies).toEqual(lines.map((line) => [line]));
    expect(most).toBeLessThanOrEqual(8);
    expect(asked.toSorted()).toEqual(lines.toSorted());
  });
});
