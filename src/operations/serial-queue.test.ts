import { describe, expect, it } from "vitest";
import { SerialQueue } from "./serial-queue.ts";

describe("the serial queue", () => {
  it("runs tasks of one key one after the other, in their order", async () => {
    const queue = new SerialQueue();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const first = queue.run("a", async () => {
      await gate.promise;
      order.push("first");
    });
    const second = queue.run("a", async () => void order.push("second"));
    await queue.run("b", async () => void order.push("other key"));
    gate.resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(["other key", "first", "second"]);
  });

  it("goes on after a task that rejects, and forgets keys without tasks", async () => {
    const queue = new SerialQueue();
    const failing = queue.run("a", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    await expect(queue.run("a", async () => 1)).resolves.toBe(1);
    await queue.drained("a");
    await new Promise((resolve) => void setImmediate(resolve));
    expect(queue.size).toBe(0);
  });
});
