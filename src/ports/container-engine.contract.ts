/**
 * What every container engine does, the fake included. Each implementation runs this with a harness of its own.
 * Longer than a file should be: one list of promises, which a reader of the port wants to see in one place.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { formatImageReference, parseImageReference, type ImageReference } from "../domain/image-reference.ts";
import type { InstanceActivity } from "../domain/instance.ts";
import type {
  ContainerEngine,
  EngineEvent,
  EngineInstance,
  InstanceSpec,
  OutputBatch,
  OutputLine,
  RunningInstance,
} from "./container-engine.ts";
import { ImagePullError, InstanceStartError } from "./container-engine.ts";

export interface EngineHarness {
  readonly engine: ContainerEngine;
  /** A new object over the same engine: the control plane after a crash. */
  reconnect(): ContainerEngine;
  /** An image only this engine has: a server that ends with 0 on SIGTERM. */
  readonly image: ImageReference;
  /** A command that starts the server, and the server's port. */
  readonly command: readonly string[];
  /** A registry nobody answers at. */
  readonly unreachableImage: ImageReference;
  /** Makes the application end by itself. */
  exit(instance: RunningInstance & { readonly instanceId: string }, exitCode: number): Promise<void>;
  /** Makes the application take more memory than it may. */
  exhaustMemory(instance: RunningInstance & { readonly instanceId: string }): Promise<void>;
  /** Asks the application how often it was asked since it was started; answered as soon as it runs. */
  count(instance: RunningInstance & { readonly instanceId: string }): Promise<number>;
  /** Makes the application compute in one thread for this long. */
  burn(instance: RunningInstance & { readonly instanceId: string }, ms: number): Promise<void>;
  /** Makes the application write `line <first>` … to stdout. */
  writeLines(
    instance: RunningInstance & { readonly instanceId: string },
    first: number,
    count: number,
  ): Promise<void>;
  cleanUp(): Promise<void>;
}

const DEADLINE_MS = 60_000;
/** How long is looked whether something happens that must not. */
const WATCHED_MS = 100;
const BURN_MS = 1_500;

export function describeContainerEngine(name: string, createHarness: () => Promise<EngineHarness>): void {
  describe(`${name} as a container engine`, () => {
    let harness: EngineHarness;
    let engine: ContainerEngine;
    let imageId: string;
    const signal = () => AbortSignal.timeout(DEADLINE_MS);

    const aSpec = (change: Partial<InstanceSpec> = {}): InstanceSpec => ({
      instanceId: randomBytes(16).toString("hex"),
      serviceId: "0123456789abcdef0123456789abcdef",
      releaseNumber: 7,
      imageId,
      command: null,
      environment: { PORT: "8080", VERSION: "one" },
      port: 8080,
      cpuMillis: 2_000,
      memoryMiB: 256,
      ...change,
    });
    const started = async (change: Partial<InstanceSpec> = {}) => {
      const spec = aSpec(change);
      return { instanceId: spec.instanceId, spec, ...(await engine.startInstance(spec, signal())) };
    };
    const listed = async (instanceId: string): Promise<EngineInstance | undefined> => {
      const all = await engine.listInstances(signal());
      return all.find((instance) => instance.instanceId === instanceId);
    };

    beforeAll(async () => {
      harness = await createHarness();
      engine = harness.engine;
      await engine.prepare(signal());
      imageId = (await engine.findImage(harness.image, signal()))?.imageId ?? "";
    });
    afterEach(async () => {
      for (const { instanceId } of await engine.listInstances(signal())) {
        await engine.removeInstance(instanceId, signal());
      }
    });
    afterAll(async () => {
      await harness.cleanUp();
    });

    it("can be prepared again without harm", async () => {
      const instance = await started();
      await engine.prepare(signal());
      expect(await listed(instance.instanceId)).toMatchObject({ state: "running" });
    });

    it("tells what it is", async () => {
      const facts = await engine.facts(signal());
      expect(facts.cpuCount).toBeGreaterThan(0);
      expect(facts.memoryMiB).toBeGreaterThan(100);
      expect(facts.architecture).toMatch(/^(amd64|arm64)$/);
      expect(facts.apiVersion).toMatch(/^1\.\d+$/);
      expect(facts.system).toMatch(/Linux/);
      expect(facts.kernel).toMatch(/^\d/);
    });

    describe("images", () => {
      it("finds one that only it has, without a digest", async () => {
        expect(await engine.findImage(harness.image, signal())).toMatchObject({
          imageId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
          digest: null,
          exposedPorts: [8080],
        });
      });

      it("lists those that have a name", async () => {
        const names = (await engine.listImages(signal())).map(({ name }) => name);
        const whole = names.map((name) => formatImageReference(parseImageReference(name, "image")));
        expect(whole).toContain(formatImageReference(harness.image));
        expect(names.filter((name) => name.startsWith("slipway.local/"))).toEqual([]);
      });

      it("does not find one that it has not", async () => {
        const unknown = parseImageReference("slipway.test/nobody/has-this:1", "image");
        expect(await engine.findImage(unknown, signal())).toBeNull();
      });

      it("says that a registry cannot be reached, for a pull and for a digest", async () => {
        const request = { image: harness.unreachableImage };
        const asks: readonly (() => Promise<unknown>)[] = [
          () => engine.pullImage(request, signal()),
          () => engine.resolveDigest(request, signal()),
        ];
        for (const ask of asks) {
          const error = await ask().catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(ImagePullError);
          expect((error as ImagePullError).problem).toBe("unreachable");
        }
      });

      it("cannot protect an image that it has not", async () => {
        const protecting = engine.protectImage(`sha256:${"0".repeat(64)}`, "contract-2", signal());
        const error = await protecting.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ImagePullError);
        expect((error as ImagePullError).problem).toBe("not-found");
      });

      it("keeps an image that others named when its release is collected", async () => {
        await engine.protectImage(imageId, "contract-1", signal());
        await engine.protectImage(imageId, "contract-1", signal());
        expect(await engine.collectImages(new Set(["contract-1"]), signal())).toEqual({ removed: 0 });
        expect(await engine.collectImages(new Set(), signal())).toEqual({ removed: 0 });
        expect(await engine.findImage(harness.image, signal())).not.toBeNull();
      });
    });

    describe("life of an instance", () => {
      it("starts it and lists it with what it was started as", async () => {
        const instance = await started();
        expect(instance.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
        expect(await listed(instance.instanceId)).toEqual({
          instanceId: instance.instanceId,
          serviceId: instance.spec.serviceId,
          releaseNumber: 7,
          state: "running",
          address: instance.address,
          port: 8080,
        });
      });

      it("gives the same answer when the start is repeated, also after a crash", async () => {
        const instance = await started();
        const again = await harness.reconnect().startInstance(instance.spec, signal());
        expect(again).toEqual({ address: instance.address, port: 8080 });
        expect(await engine.listInstances(signal())).toHaveLength(1);
      });

      it("gives instances addresses of their own", async () => {
        const [one, two] = [await started(), await started()];
        expect(one.address).not.toBe(two.address);
      });

      it("does not start one again that has ended", async () => {
        const instance = await started();
        await engine.stopInstance(instance.instanceId, { graceMs: 5_000 }, signal());
        await engine.startInstance(instance.spec, signal());
        expect(await listed(instance.instanceId)).toMatchObject({ state: "exited" });
      });

      it("runs a command in place of the image's", async () => {
        const instance = await started({ command: harness.command });
        expect(await listed(instance.instanceId)).toMatchObject({ state: "running" });
      });

      it("lets it end in peace when it is stopped", async () => {
        const instance = await started();
        await settled(harness, instance);
        await engine.stopInstance(instance.instanceId, { graceMs: 10_000 }, signal());
        expect(await listed(instance.instanceId)).toMatchObject({
          state: "exited",
          exit: { exitCode: 0, isOutOfMemory: false },
        });
      });

      it("stops what has stopped and what is not there", async () => {
        const instance = await started();
        await engine.stopInstance(instance.instanceId, { graceMs: 1_000 }, signal());
        await engine.stopInstance(instance.instanceId, { graceMs: 1_000 }, signal());
        await engine.stopInstance(randomBytes(16).toString("hex"), { graceMs: 1_000 }, signal());
        expect(await listed(instance.instanceId)).toMatchObject({ state: "exited" });
      });

      it("removes it, running or not, and once more", async () => {
        const instance = await started();
        await engine.removeInstance(instance.instanceId, signal());
        await engine.removeInstance(instance.instanceId, signal());
        expect(await engine.listInstances(signal())).toEqual([]);
      });

      it("can start an instance of the same id after its removal", async () => {
        const instance = await started();
        await engine.removeInstance(instance.instanceId, signal());
        await engine.startInstance(instance.spec, signal());
        expect(await listed(instance.instanceId)).toMatchObject({ state: "running" });
      });

      it("says that the command is not in the image, with its exit, in the event and in the list", async () => {
        const events = new EventLog(engine);
        await events.next();
        const { instanceId } = await started({ command: ["/no/such/program", "--flag"] });
        const exit = {
          exitCode: 127,
          isOutOfMemory: false,
          startProblem: expect.stringContaining('no executable "/no/such/program"') as string,
        };
        expect(await events.next()).toEqual({ type: "exited", instanceId, exit });
        expect(await listed(instanceId)).toMatchObject({ state: "exited", exit });
        await events.end();
      });

      it("says that the image is not there", async () => {
        const error = await started({ imageId: `sha256:${"0".repeat(64)}` }).catch(
          (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(InstanceStartError);
        expect((error as InstanceStartError).problem).toBe("no-such-image");
        expect(await engine.listInstances(signal())).toEqual([]);
      });
    });

    describe("activity", () => {
      const usageOf = async (instanceId: string) => {
        const usage = (await engine.readUsage([instanceId], signal())).get(instanceId);
        if (usage === undefined) throw new Error("there is no usage");
        return usage;
      };

      it("freeze keeps the instance as it is, and answers what was asked once it runs again", async () => {
        const instance = await started();
        expect(await harness.count(instance)).toBe(1);
        await engine.setActivity(instance.instanceId, "freeze", signal());
        await engine.setActivity(instance.instanceId, "freeze", signal());
        const before = await usageOf(instance.instanceId);
        let isAnswered = false;
        const answer = harness.count(instance).finally(() => (isAnswered = true));
        await delay(WATCHED_MS);
        expect(isAnswered).toBe(false);
        expect((await usageOf(instance.instanceId)).cpuMs).toBe(before.cpuMs);
        expect(await listed(instance.instanceId)).toMatchObject({ state: "running" });
        await engine.setActivity(instance.instanceId, "run", signal());
        expect(await answer).toBe(2);
      });

      it("freeze is left by a control plane that remembers nothing", async () => {
        const instance = await started();
        expect(await harness.count(instance)).toBe(1);
        await engine.setActivity(instance.instanceId, "freeze", signal());
        await harness.reconnect().setActivity(instance.instanceId, "run", signal());
        expect(await harness.count(instance)).toBe(2);
      });

      it("throttle leaves a small share of the processors, run all of it", async () => {
        const instance = await started();
        const { instanceId } = instance;
        await harness.count(instance);
        const cpuMsOf = async (activity: InstanceActivity) => {
          await engine.setActivity(instanceId, activity, signal());
          const before = await usageOf(instanceId);
          await harness.burn(instance, BURN_MS);
          return (await usageOf(instanceId)).cpuMs - before.cpuMs;
        };
        const throttledMs = await cpuMsOf("throttle");
        expect(throttledMs).toBeGreaterThan(0);
        expect(throttledMs).toBeLessThan(BURN_MS * 0.3);
        expect(await cpuMsOf("run")).toBeGreaterThan(throttledMs * 2);
      });

      it.each(["freeze", "throttle"] as const)(
        "%s does not stand in the way of an end in peace",
        async (activity) => {
          const instance = await started();
          await settled(harness, instance);
          await engine.setActivity(instance.instanceId, activity, signal());
          await engine.stopInstance(instance.instanceId, { graceMs: 20_000 }, signal());
          // It heard SIGTERM: an instance that is killed after the grace time ends with 137.
          expect(await listed(instance.instanceId)).toMatchObject({ state: "exited", exit: { exitCode: 0 } });
        },
      );

      it("freeze does not stand in the way of a removal", async () => {
        const instance = await started();
        await engine.setActivity(instance.instanceId, "freeze", signal());
        await engine.removeInstance(instance.instanceId, signal());
        expect(await engine.listInstances(signal())).toEqual([]);
      });

      it("of an instance that is not there or has ended is nothing", async () => {
        const missingId = randomBytes(16).toString("hex");
        const { instanceId } = await started();
        await engine.stopInstance(instanceId, { graceMs: 0 }, signal());
        for (const activity of ["freeze", "throttle", "run"] as const) {
          await engine.setActivity(missingId, activity, signal());
          await engine.setActivity(instanceId, activity, signal());
        }
        expect(await engine.readUsage([missingId, instanceId], signal())).toEqual(new Map());
        expect(await listed(instanceId)).toMatchObject({ state: "exited" });
      });

      it("goes with the container: the next of the same id runs", async () => {
        const first = await started();
        await engine.setActivity(first.instanceId, "freeze", signal());
        await harness.reconnect().removeInstance(first.instanceId, signal());
        const second = await started({ instanceId: first.instanceId });
        expect(await harness.count(second)).toBe(1);
        await engine.setActivity(first.instanceId, "freeze", signal());
        await engine.setActivity(first.instanceId, "run", signal());
        expect(await harness.count(second)).toBe(2);
      });
    });

    it("tells what instances and the machine use", async () => {
      const instance = await started();
      await settled(harness, instance);
      const { cpuMs, memoryMiB } = (await engine.readUsage([instance.instanceId], signal())).get(
        instance.instanceId,
      )!;
      expect(cpuMs).toBeGreaterThan(1);
      expect(memoryMiB).toBeGreaterThan(1);
      expect(memoryMiB).toBeLessThan(instance.spec.memoryMiB);
      const { totalMiB, availableMiB } = await engine.memory(signal());
      expect(availableMiB).toBeGreaterThan(0);
      expect(availableMiB).toBeLessThan(totalMiB);
    });

    describe("exits", () => {
      it("are told as they happen, after a resync", async () => {
        const instance = await started();
        const events = new EventLog(engine);
        expect(await events.next()).toEqual({ type: "resync" });
        await harness.exit(instance, 3);
        expect(await events.next()).toEqual({
          type: "exited",
          instanceId: instance.instanceId,
          exit: { exitCode: 3, isOutOfMemory: false },
        });
        expect(await listed(instance.instanceId)).toMatchObject({ state: "exited", exit: { exitCode: 3 } });
        await events.end();
      });

      it("say when memory was the reason", async () => {
        const instance = await started({ memoryMiB: 192 });
        const events = new EventLog(engine);
        expect(await events.next()).toEqual({ type: "resync" });
        await harness.exhaustMemory(instance);
        const exit = { exitCode: 137, isOutOfMemory: true };
        expect(await events.next()).toEqual({ type: "exited", instanceId: instance.instanceId, exit });
        expect(await listed(instance.instanceId)).toMatchObject({ state: "exited", exit });
        await events.end();
      });

      it("are told once for a removal", async () => {
        const [one, two] = [await started(), await started()];
        const events = new EventLog(engine);
        await events.next();
        await engine.removeInstance(one.instanceId, signal());
        await engine.removeInstance(two.instanceId, signal());
        expect(await events.next()).toMatchObject({ type: "exited", instanceId: one.instanceId });
        expect(await events.next()).toMatchObject({ type: "exited", instanceId: two.instanceId });
        await events.end();
      });
    });

    describe("output", () => {
      it("is read from the start, followed, and ends with the instance", async () => {
        const instance = await started();
        const lines = new LineLog(engine, instance.instanceId, null);
        await harness.writeLines(instance, 1, 3);
        await lines.until("line 3");
        await harness.writeLines(instance, 4, 2);
        await lines.until("line 5");
        await engine.stopInstance(instance.instanceId, { graceMs: 5_000 }, signal());
        await lines.ended;
        expect(lines.numbered()).toEqual(["line 1", "line 2", "line 3", "line 4", "line 5"]);
        expect(lines.all.every((line) => line.stream === "stdout")).toBe(true);
      });

      it("goes on after any line's cursor, nothing lost and nothing twice", async () => {
        const instance = await started();
        await settled(harness, instance);
        await harness.writeLines(instance, 1, 20);
        await engine.stopInstance(instance.instanceId, { graceMs: 5_000 }, signal());
        const all = new LineLog(engine, instance.instanceId, null);
        await all.ended;
        for (const [index, line] of all.all.entries()) {
          const rest = new LineLog(harness.reconnect(), instance.instanceId, line.cursor);
          await rest.ended;
          expect(rest.all).toEqual(all.all.slice(index + 1));
        }
      });

      it("of an instance that is not there is empty", async () => {
        const lines = new LineLog(engine, randomBytes(16).toString("hex"), null);
        await lines.ended;
        expect(lines.all).toEqual([]);
      });
    });

    describe("an aborted signal", () => {
      it("ends every call", async () => {
        const reason = new Error("no longer wanted");
        const aborted = AbortSignal.abort(reason);
        const id = randomBytes(16).toString("hex");
        await Promise.all([
          expect(engine.prepare(aborted)).rejects.toBe(reason),
          expect(engine.facts(aborted)).rejects.toBe(reason),
          expect(engine.findImage(harness.image, aborted)).rejects.toBe(reason),
          expect(engine.pullImage({ image: harness.unreachableImage }, aborted)).rejects.toBe(reason),
          expect(engine.resolveDigest({ image: harness.unreachableImage }, aborted)).rejects.toBe(reason),
          expect(engine.startInstance(aSpec(), aborted)).rejects.toBe(reason),
          expect(engine.stopInstance(id, { graceMs: 1 }, aborted)).rejects.toBe(reason),
          expect(engine.removeInstance(id, aborted)).rejects.toBe(reason),
          expect(engine.listInstances(aborted)).rejects.toBe(reason),
          expect(engine.memory(aborted)).rejects.toBe(reason),
          expect(engine.setActivity(id, "run", aborted)).rejects.toBe(reason),
          expect(engine.readUsage([id], aborted)).rejects.toBe(reason),
        ]);
        expect(await engine.listInstances(signal())).toEqual([]);
      });

      it("ends watching and reading without an error", async () => {
        const instance = await started();
        const events = new EventLog(engine);
        const lines = new LineLog(engine, instance.instanceId, null);
        await events.next();
        await events.end();
        lines.abort();
        await lines.ended;
        expect(await listed(instance.instanceId)).toMatchObject({ state: "running" });
      });
    });
  });
}

/** The application answers: only then does it handle SIGTERM. */
async function settled(harness: EngineHarness, instance: RunningInstance & { readonly instanceId: string }) {
  await harness.writeLines(instance, 0, 1);
}

/** Reads events one by one. */
class EventLog {
  readonly #stop = new AbortController();
  readonly #events: AsyncIterator<EngineEvent>;

  constructor(engine: ContainerEngine) {
    this.#events = engine.watch(this.#stop.signal)[Symbol.asyncIterator]();
  }

  async next(): Promise<EngineEvent> {
    const late = new AbortController();
    const deadline = delay(DEADLINE_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error("no event came");
    });
    deadline.catch(() => undefined);
    const { value } = await Promise.race([this.#events.next(), deadline]);
    late.abort();
    return value as EngineEvent;
  }

  /** Passes when the iteration ends by the abort. */
  async end(): Promise<void> {
    const last = this.#events.next();
    this.#stop.abort();
    const { done } = await last;
    if (done !== true) throw new Error("an event came in place of the end");
  }
}

/** Reads output in the background. */
class LineLog {
  readonly all: OutputLine[] = [];
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();

  constructor(engine: ContainerEngine, instanceId: string, cursor: string | null) {
    const either = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(DEADLINE_MS)]);
    this.ended = this.#read(engine.readOutput(instanceId, cursor, either));
  }

  abort(): void {
    this.#stop.abort();
  }

  numbered(): readonly string[] {
    return this.all.map((line) => line.text).filter((text) => text.startsWith("line "));
  }

  async until(text: string): Promise<void> {
    const deadlineMs = Date.now() + DEADLINE_MS;
    while (!this.all.some((line) => line.text === text)) {
      if (Date.now() > deadlineMs) throw new Error(`the line "${text}" did not come`);
      await delay(5);
    }
  }

  async #read(batches: AsyncIterable<OutputBatch>): Promise<void> {
    for await (const batch of batches) this.all.push(...batch);
  }
}
