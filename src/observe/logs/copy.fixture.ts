/**
 * A control plane of its own that copies one instance's output and is killed on the way:
 * `copy.fixture.ts <directory> <lines> <line after which it is killed> <turns of the event loop until then> <limit in bytes>
 * <1 for encrypted>`.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { OutputLine } from "../../ports/container-engine.ts";
import { FakeEncryptionKeys } from "../../ports/fake-encryption-keys.ts";
import { FileServiceLog } from "./file-service-log.ts";

const BATCH = 2_000;
const [, , directory = "", ...numbers] = process.argv;
const [count = 0, killAfter = 0, turns = 0, maxBytes = 0, isEncrypted = 0] = numbers.map(Number);

const engine = {
  /** The same lines at each start, as the engine keeps them. */
  async *readOutput(_instanceId: string, cursor: string | null): AsyncGenerator<readonly OutputLine[]> {
    for (let from = Number(cursor ?? 0); from < count; from += BATCH) {
      if (from >= killAfter) dieIn(turns);
      const length = Math.min(BATCH, count - from);
      yield Array.from({ length }, (_, index) => ({
        stream: "stdout" as const,
        timestampMs: from + index,
        text: `line ${from + index}`,
        cursor: String(from + index + 1),
      }));
    }
  },
};

function dieIn(turns: number): void {
  if (turns === 0) process.kill(process.pid, "SIGKILL");
  else setImmediate(() => dieIn(turns - 1));
}

const log = new FileServiceLog({
  directory,
  engine,
  clock: { now: () => Date.now(), sleep: async (ms, signal) => delay(ms, undefined, { signal }) },
  ...(maxBytes > 0 && {
    limits: {
      maxBytesPerStream: { application: maxBytes, operation: maxBytes, events: maxBytes, access: maxBytes },
    },
  }),
  ...(isEncrypted === 1 && { encryption: { keys: new FakeEncryptionKeys(), keyArnOf: async () => "k" } }),
  onError: (event, { problem }) => process.stderr.write(`${event} ${problem}\n`),
});
const instanceId = "7".padStart(32, "0");
log.follow({ serviceId: "1".padStart(32, "0"), serviceName: "shop" }, instanceId);
await log.finish(instanceId, 60_000);
