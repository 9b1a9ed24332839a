/**
 * Addresses of the wide world for tests: a network namespace that has them, with a server on each, and a route there that
 * only packets from the named bridges take. The machine's own way to such addresses (its cloud's metadata) stays as it is.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { runProgram } from "./program.ts";

const PORT = 8080;

/** Answers each connection and tells, on its output, which address it came to. */
const SERVER = `
  const server = require("node:net").createServer((socket) => {
    console.log(socket.localAddress);
    socket.on("error", () => {});
    socket.end("hello\\n");
  });
  server.listen(${PORT}, "0.0.0.0", () => console.log("listening"));
`;

export class PublicPlace {
  readonly port = PORT;
  readonly #bridges: readonly string[];
  readonly #name: string;
  readonly #table: string;
  readonly #server: ChildProcess;
  #output = "";

  private constructor(bridges: readonly string[], name: string, table: string, server: ChildProcess) {
    this.#bridges = bridges;
    this.#name = name;
    this.#table = table;
    this.#server = server;
    server.stdout?.on("data", (text: Buffer) => (this.#output += text.toString()));
  }

  static async open(
    from: string | readonly string[],
    addresses: readonly string[],
    signal: AbortSignal,
  ): Promise<PublicPlace> {
    const bridges = [from].flat();
    const id = randomInt(10_000, 60_000);
    const name = `slipway-t${id}`;
    const [outside, inside] = [`swo${id}`, `swi${id}`];
    await ip(signal, "netns", "add", name);
    await ip(signal, "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name);
    // A network for documentation (RFC 5737), of which nothing else on a machine knows.
    await ip(signal, "address", "add", "198.51.100.1/30", "dev", outside);
    await ip(signal, "link", "set", outside, "up");
    const within = (...args: readonly string[]) => ip(signal, "-n", name, ...args);
    await within("address", "add", "198.51.100.2/30", "dev", inside);
    await within("link", "set", inside, "up");
    await within("link", "set", "lo", "up");
    await within("route", "add", "default", "via", "198.51.100.1");
    for (const address of addresses) {
      await within("address", "add", `${address}/32`, "dev", "lo");
      await ip(signal, "route", "add", `${address}/32`, "via", "198.51.100.2", "table", String(id));
    }
    for (const bridge of bridges) await ip(signal, "rule", "add", "iif", bridge, "lookup", String(id));
    const server = spawn("ip", ["netns", "exec", name, process.execPath, "-e", SERVER], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const place = new PublicPlace(bridges, name, String(id), server);
    while (!place.#output.includes("listening")) await once(server.stdout, "data", { signal });
    return place;
  }

  /** The addresses that were connected to, in order. Connects itself to be sure that nothing is under way. */
  async connections(signal: AbortSignal): Promise<readonly string[]> {
    const probe = `require("node:net").connect(${PORT}, "127.0.0.1").on("data", () => process.exit())`;
    await ip(signal, "netns", "exec", this.#name, process.execPath, "-e", probe);
    const seen = () => this.#output.split("\n").filter((line) => /^[\d.]+$/.test(line));
    while (seen().at(-1) !== "127.0.0.1") await once(this.#server.stdout ?? this.#server, "data", { signal });
    return seen().slice(0, -1);
  }

  async close(signal: AbortSignal): Promise<void> {
    const ended = once(this.#server, "exit");
    this.#server.kill("SIGKILL");
    await ended;
    for (const bridge of this.#bridges) {
      await ip(signal, "rule", "delete", "iif", bridge, "lookup", this.#table);
    }
    await ip(signal, "route", "flush", "table", this.#table);
    // The namespace goes, with its end of the pair and so with the other.
    await ip(signal, "netns", "delete", this.#name);
  }
}

async function ip(signal: AbortSignal, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram("ip", args, "", signal);
  if (exitCode !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  return stdout;
}
