/** Clients for tests: one request, bytes as they are, and steady load that must not see a failure. */
import { Agent, request } from "node:http";
import { Agent as TlsAgent, request as requestTls } from "node:https";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly tookMs: number;
}

export interface GetOptions {
  readonly port: number;
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
  readonly body?: string;
  /** TLS, begun with this name; empty for none. */
  readonly serverName?: string;
}

/** One request, on a connection of its own unless an agent is given. Rejects when there is no answer. */
export async function get(options: GetOptions): Promise<Answer> {
  const { port, host, path = "/", method = "GET", agent, body, serverName } = options;
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, host };
    const ask = serverName === undefined ? request : requestTls;
    const outgoing = ask({
      ...(serverName !== undefined && { servername: serverName, rejectUnauthorized: false }),
      port,
      host: "127.0.0.1",
      path,
      method,
      headers,
      agent: agent ?? false,
      timeout: 30_000,
    });
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 30 s")));
    outgoing.on("response", (answer) => {
      const finish = (body: string): void =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body,
          tookMs: performance.now() - began,
        });
      text(answer).then(finish, reject);
    });
    outgoing.end(body);
  });
}

/** Sends bytes as they are and returns all that comes back until the other side closes, or nothing came for `quietMs`. */
export async function exchangeRaw(port: number, bytes: string, quietMs = 300): Promise<string> {
  const socket = createConnection({ port, host: "127.0.0.1" });
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("latin1"));
    };
    socket.setTimeout(quietMs, finish);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("end", finish);
    socket.on("error", reject);
    socket.write(bytes, "latin1");
  });
}

export interface Load {
  /** Answers by body and status (`blue 200`), failures by their text. */
  readonly counts: ReadonlyMap<string, number>;
  /** Resolves once this many more answers have come. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Clients that send one request after the other: half keep their connection, half make a new one for each. */
export function startLoad(
  target: { readonly port: number; readonly host: string; readonly serverName?: string },
  clients = 8,
): Load {
  const counts = new Map<string, number>();
  let total = 0;
  const stopping = new AbortController();
  const client = async (index: number): Promise<void> => {
    const options = { keepAlive: index % 2 === 0, maxSockets: 1 };
    const agent = target.serverName === undefined ? new Agent(options) : new TlsAgent(options);
    while (!stopping.signal.aborted) {
      const outcome = await get({ ...target, agent, path: "/" }).then(
        (answer) => `${answer.status === 200 ? answer.body : "status"} ${answer.status}`,
        (error: unknown) => String(error),
      );
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      total += 1;
    }
    agent.destroy();
  };
  const running = Array.from({ length: clients }, (_, index) => client(index));
  return {
    counts,
    more: async (count) => {
      const wanted = total + count;
      await until(() => total >= wanted, "the load to go on");
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** Polls until the condition holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
