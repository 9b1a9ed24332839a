import { describe, expect, it } from "vitest";
import type { ContainerEngine, EngineInstance } from "../ports/container-engine.ts";
import { EngineWatch } from "./engine-watch.ts";

const signal = new AbortController().signal;

describe("the engine watch", () => {
  it("believes what started meanwhile, however many lists were asked for before", async () => {
    const present: EngineInstance[] = [];
    const answers: (() => void)[] = [];
    const engine = {
      listInstances: () =>
        new Promise<readonly EngineInstance[]>((resolve) => {
          const list = [...present];
          answers.push(() => resolve(list));
        }),
    } as Partial<ContainerEngine> as ContainerEngine;
    const clock = { now: () => 0, sleep: () => Promise.resolve() };
    const watch = new EngineWatch(engine, clock, {
      onExit: () => undefined,
      onFirstList: () => Promise.resolve(),
      onGap: () => Promise.resolve(),
      onError: () => undefined,
    });
    const both = Promise.all([watch.refresh(signal), watch.refresh(signal)]);
    await Promise.resolve();
    present.push(running("new"));
    watch.noteStarted("new");
    // Where both are under way, the younger one is answered first.
    for (let turn = 0; turn < 10; turn++) {
      answers.pop()?.();
      await new Promise((resolve) => void setImmediate(resolve));
    }
    await both;
    expect(watch.view()).toEqual(new Map([["new", { state: "running" }]]));
  });
});

function running(instanceId: string): EngineInstance {
  return { instanceId, serviceId: "s", releaseNumber: 1, state: "running", address: "10.0.0.2", port: 80 };
}
