import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { edgeLayout } from "./layout.ts";
import { readLoad } from "./load.ts";
import { answerCommands } from "./testing/command-line.ts";

it("asks one thing of each slot and one of sixty, nothing that looks through all of them", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-edge-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const layout = edgeLayout(directory);
  const slots = Array.from({ length: 70 }, (_, slot) => slot);
  const lines = await answerCommands(layout.runtimeSocket, (line) =>
    line
      .split(";")
      .map((command) => replyTo(command.split(" ")))
      .join("\n\n"),
  );
  const backends = new Map(slots.map((slot) => [slot, [`slot_${slot}`]]));
  const loads = await readLoad({ layout, backends, oldWorkers: [] }, new AbortController().signal);
  expect(loads.size).toBe(70);
  expect(loads.get(69)).toEqual({ inFlight: new Map([["i-69", 4]]), queued: 3, requestCount: 69 });
  const commands = lines.flatMap((line) => line.split(";"));
  expect(commands.filter((command) => command.startsWith("show servers conn slot_"))).toHaveLength(70);
  expect(commands.filter((command) => command.startsWith("slipway totals slot_"))).toHaveLength(2);
  expect(commands).toHaveLength(72);
});

function replyTo([first = "", , ...names]: readonly string[]): string {
  const numbers = names.filter((name) => name.startsWith("slot_")).map((name) => Number(name.slice(5)));
  if (first === "slipway") return numbers.map((slot) => `slot_${slot},3,${slot}`).join("\n");
  return numbers.map((slot) => `slot_${slot}/i-${slot} 1/1 10.0.0.1 80 - 5000 4 0`).join("\n");
}
