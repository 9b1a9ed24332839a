/**
 * The engine's own init (docker-init, which is tini) as the first process of an instance: it hands signals on and reaps
 * zombies. The kernel ignores SIGTERM for a first process without a handler of its own, such as `node server.js`, which
 * would then end only after its whole grace time.
 */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import type { EngineContext } from "./context.ts";
import { isRefusal, messageOf } from "./errors.ts";
import { removeForgotten } from "./forgotten-containers.ts";
import { labels } from "./naming.ts";
import { removeContainer } from "./remove-container.ts";
import { ensureSandboxImage } from "./sandbox-image.ts";
import { NOT_FOUND } from "./start-error.ts";

/** Longer than any trial takes: an older one was left by a crash. */
const TRIAL_MS = 60_000;
const TRIAL_ROLE = "init-trial";

/** Init programs: they must be the first process (s6-overlay's `/init`, systemd), or complain when they are not. */
const INITS: ReadonlySet<string> = new Set([
  "init",
  "systemd",
  "s6-svscan",
  "my_init",
  "runit-init",
  "tini",
  "tini-static",
  "docker-init",
  "dumb-init",
  "catatonit",
]);

export interface ImageStart {
  readonly Entrypoint?: string | readonly string[] | undefined;
  readonly Cmd?: readonly string[] | undefined;
}

/** Whether what an image starts with, given this start command, is an init itself. */
export function bringsInit({ Entrypoint, Cmd }: ImageStart, command: readonly string[] | null): boolean {
  const [program = ""] = [...[Entrypoint ?? []].flat(), ...(command ?? Cmd ?? [])];
  return INITS.has(basename(program));
}

/** Whether the engine has an init that really starts: found out once, and again when the engine was away. */
export class EngineInit {
  readonly #context: EngineContext;
  #isUsable: boolean | null = null;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async isUsable(signal: AbortSignal): Promise<boolean> {
    this.#isUsable ??= await this.#find(signal);
    return this.#isUsable;
  }

  forget(): void {
    this.#isUsable = null;
  }

  async #find(signal: AbortSignal): Promise<boolean> {
    try {
      await removeForgotten(this.#context, { role: TRIAL_ROLE, olderThanMs: TRIAL_MS }, signal);
      const exitCode = await tryMissingProgram(this.#context, signal);
      if (exitCode === NOT_FOUND) return true;
      this.#context.report("engine-init-unusable", { problem: `its trial ended with exit code ${exitCode}` });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#context.report("engine-init-unusable", { problem: messageOf(error) });
    }
    return false;
  }
}

/** Only an init that runs, and tells what it could not start, turns a missing program into this exit code. */
async function tryMissingProgram(context: EngineContext, signal: AbortSignal): Promise<number> {
  const { client, names } = context;
  const name = names.initTrialContainer(randomBytes(6).toString("hex"));
  const image = await ensureSandboxImage(context, signal);
  await client.call(signal, (docker) =>
    docker.createContainer({
      name,
      Image: image,
      Cmd: ["/missing"],
      User: "65534:65534",
      Labels: { [labels.owner]: names.ownerId, [labels.role]: TRIAL_ROLE },
      HostConfig: {
        Init: true,
        NetworkMode: "none",
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        LogConfig: { Type: "none", Config: {} },
      },
    }),
  );
  try {
    await client.call(signal, (docker) => docker.getContainer(name).start());
    const ended = await client.call(
      signal,
      (docker) => docker.getContainer(name).wait() as Promise<{ readonly StatusCode: number }>,
    );
    return ended.StatusCode;
  } finally {
    await removeContainer(context, name, AbortSignal.timeout(TRIAL_MS)).catch(() => undefined);
  }
}
