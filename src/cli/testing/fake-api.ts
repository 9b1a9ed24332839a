/** A small awsJson server and a world that remembers: what the tests of commands run against. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { posix } from "node:path";
import { text } from "node:stream/consumers";
import type { FolderPush } from "../folder/push-folder.ts";
import type { CliHooks, Environment } from "../hooks.ts";
import type { CliIo } from "../io.ts";
import { plainProgress } from "../progress.ts";
import { runCli } from "../run.ts";
import { systemTrustStore, type TrustStore } from "../trust-store.ts";

export interface Call {
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Thrown by an answer to refuse as the API does. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Thrown by an answer to break the connection, as a control plane that ends does. */
export class HangUp extends Error {}

type Answer = (input: Readonly<Record<string, unknown>>, times: number) => unknown;

/** What commands ask on the way, for tests that are about something else. */
const DEFAULTS: Readonly<Record<string, Answer>> = {
  ListDomains: () => ({ Domains: [] }),
  GetInfo: () => ({ ServiceScheme: "http", EdgeHttpsAddress: "127.0.0.1:8443" }),
};

export interface FakeApi extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly Call[];
  callsOf(target: string): readonly Call[];
}

/** Answers by target without prefix: `{ ListServices: () => ({ ServiceSummaryList: [] }) }`. */
export async function startFakeApi(answers: Readonly<Record<string, Answer>>): Promise<FakeApi> {
  const calls: Call[] = [];
  const callsOf = (target: string): Call[] => calls.filter((call) => call.target === target);
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const target = String(request.headers["x-amz-target"]).replace(/^.*\./, "");
      const input = JSON.parse(body) as Record<string, unknown>;
      calls.push({ target, input });
      const how = answers[target] ?? DEFAULTS[target];
      const answered = answer(how, { target, input }, callsOf(target).length);
      if (answered === null) request.socket.destroy();
      else response.writeHead(answered.status).end(JSON.stringify(answered.reply));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    callsOf,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  how: Answer | undefined,
  call: Call,
  times: number,
): { status: number; reply: unknown } | null {
  try {
    if (how === undefined)
      throw new Refusal("UnknownOperationException", `no answer for ${call.target}`, 404);
    return { status: 200, reply: how(call.input, times) };
  } catch (error) {
    if (error instanceof HangUp) return null;
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, reply: { __type: error.code, Message: error.message } };
  }
}

export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface World {
  readonly environment?: Environment;
  readonly files?: Readonly<Record<string, string>>;
  readonly isInteractive?: boolean;
  readonly hasColour?: boolean;
  /** Collects what is written, by path. */
  readonly written?: Map<string, string>;
  readonly confirms?: boolean;
  /** What is typed unseen, or comes over standard input. */
  readonly secret?: string;
  readonly trustStore?: TrustStore;
  /** Collects what is pushed. */
  readonly pushes?: FolderPush[];
  readonly hooks?: Partial<CliHooks>;
  /** Called for each pause instead of waiting; may throw to end an endless command. */
  readonly onSleep?: (times: number) => void;
}

export const PUSHED_COMMIT = "1".repeat(40);
export const NOW_MS = Date.UTC(2026, 4, 1, 12, 0, 0);

const KEY = { SLIPWAY_ACCESS_KEY_ID: "AKIDEXAMPLE", SLIPWAY_SECRET_ACCESS_KEY: "secret" };

/** Runs a command line against the API of the test; no time passes. */
export async function slipway(
  api: FakeApi | null,
  args: readonly string[],
  world: World = {},
): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const endpoint = api === null ? {} : { ...KEY, SLIPWAY_ENDPOINT: api.endpoint };
  const exitCode = await runCli({
    args,
    io: fakeIo({ ...world, environment: { ...endpoint, ...world.environment } }, { out, err }),
    hooks: fakeHooks(world.hooks ?? {}),
  });
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}

function fakeIo(world: World, streams: { readonly out: string[]; readonly err: string[] }): CliIo {
  let sleeps = 0;
  return {
    environment: world.environment ?? {},
    isInteractive: world.isInteractive ?? false,
    hasColour: world.hasColour ?? false,
    columns: 80,
    out: (line) => void streams.out.push(line),
    err: (line) => void streams.err.push(line),
    now: () => NOW_MS,
    sleep: async () => world.onSleep?.(++sleeps),
    async readFile(path) {
      const found = world.files?.[path];
      if (found === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return found;
    },
    writeFile: async (path, text) => void world.written?.set(path, text),
    onInterrupt: () => () => undefined,
    confirm: async () => world.confirms ?? false,
    readSecret: async () => world.secret ?? "",
    resolvePath: (path) => posix.resolve("/home/ada/shop", path),
    async pushFolder(push) {
      await push.prepare();
      world.pushes?.push(push);
      return { commitId: PUSHED_COMMIT, fileCount: 3, sizeBytes: 2048, leftOut: [], secrets: [".env"] };
    },
    trustStore:
      world.trustStore ?? systemTrustStore({ directory: "/nowhere", program: "/nowhere", arguments: [] }),
    progress: (title) =>
      plainProgress(title, { write: (line: string) => streams.err.push(line.replace(/\n$/, "")) }),
  };
}

function fakeHooks(given: Partial<CliHooks>): CliHooks {
  return {
    version: "1.2.3",
    stateDirectory: (environment) => environment["SLIPWAY_STATE_DIR"] ?? "/state",
    serve: async () => 0,
    up: async () => ({ outcome: "started", pid: 4711 }),
    down: async () => ({ outcome: "stopped" }),
    configurationFileProblems: () => [],
    findEscapingLink: () => null,
    serviceProblem: () => null,
    doctorLocal: async () => [],
    simulate: () => ({ problem: "nothing is simulated here" }),
    ...given,
  };
}
