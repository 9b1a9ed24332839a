import { expect, test } from "vitest";
import type { BuildLine } from "../../ports/builder.ts";
import { BuildOutput, defaultOutputLimits } from "./build-output.ts";
import { decodeProgress, type Vertex } from "./progress.ts";
import { recordedProgress } from "./progress.recorded.test-support.ts";
import { SecretMask } from "../../domain/secret-mask.ts";

function scene(limits: ConstructorParameters<typeof BuildOutput>[2] = defaultOutputLimits) {
  const lines: BuildLine[] = [];
  const output = new BuildOutput((line) => lines.push(line), { build: "PreBuild" }, limits);
  const vertex = (id: string, name: string, more: Partial<Vertex> = {}) =>
    output.observe({
      vertexes: [{ id, name, isCached: false, isStarted: true, isCompleted: false, error: "", ...more }],
      logs: [],
    });
  const log = (vertexId: string, text: string) =>
    output.observe({ vertexes: [], logs: [{ vertexId, bytes: Buffer.from(text) }] });
  return { lines, output, vertex, log };
}

test("a recorded build is told: headings with the command, then its output", () => {
  const { lines, output } = scene();
  for (const recorded of recordedProgress) output.observe(decodeProgress(recorded));
  expect(lines.filter(({ text }) => !text.includes("FROM"))).toEqual([
    { part: "Build", text: "[2/2] RUN echo héllo; seq 3; exit 3" },
    ...["héllo", "1", "2", "3"].map((text) => ({ part: "Build", text })),
  ]);
  expect(output.lastLines()).toEqual(["héllo", "1", "2", "3"]);
});

test("the value of a secret is hidden: in output that comes in pieces, in headings, in the last lines", () => {
  const { lines, output, vertex, log } = scene({
    ...defaultOutputLimits,
    mask: SecretMask.of(["hunter2-token"]),
  });
  vertex("1", "[build 1/1] RUN curl -H hunter2-token");
  log("1", "it is hunter2-to");
  log("1", "ken!\n\u001B[01;31mhunter2\u001B[0m-token\nhunter2-token");
  vertex("1", "", { isCompleted: true, error: "exit code: 1" });
  expect(lines.map(({ text }) => text)).toEqual(["[1/1] RUN curl -H ***", "it is ***!", "***", "***"]);
  expect(output.lastLines()).toEqual(["it is ***!", "***", "***"]);
});

test("what BuildKit does for itself is not told; cached steps say so; names are cleaned", () => {
  const { lines, vertex } = scene();
  vertex("1", "[internal] load build context");
  vertex("2", "exporting to image");
  vertex("3", "[linux/amd64 build  9/10] RUN a \\\n   b\u001B[31m", { isCached: true, isStarted: false });
  vertex("4", "[stage-1 1/1] FROM x", { isStarted: false });
  expect(lines).toEqual([{ part: "PreBuild", text: "[9/10] RUN a \\ b (cached)" }]);
});

test("the cause's lines are those of the command that failed, not of one that was cancelled with it", () => {
  const { output, vertex, log } = scene();
  vertex("1", "[1/2] RUN a");
  vertex("2", "[1/2] RUN b");
  log("1", "of the cancelled\n");
  log("2", "of the failed");
  vertex("1", "[1/2] RUN a", { isCompleted: true, error: "context canceled" });
  vertex("2", "[1/2] RUN b", { isCompleted: true, error: "exit code: 1" });
  expect(output.lastLines()).toEqual(["of the failed"]);
});

test("empty lines are neither told nor part of the cause", () => {
  const { lines, output, vertex, log } = scene();
  vertex("1", "[1/1] RUN npm ci");
  log("1", "\nadded 71 packages\n  \n\nfunding\n\n");
  const told = ["added 71 packages", "funding"];
  expect(lines.slice(1).map(({ text }) => text)).toEqual(told);
  expect(output.lastLines()).toEqual(told);
});

test("beyond its limits the log is cut once, and the last 100 lines are still known", () => {
  const { lines, output, vertex, log } = scene({ lines: 10, bytes: 1_000 });
  vertex("1", "[1/1] RUN a");
  for (let index = 1; index <= 500; index++) log("1", `line ${index}\n`);
  expect(lines.filter(({ text }) => text.startsWith("Output truncated"))).toHaveLength(1);
  expect(lines).toHaveLength(11);
  expect(output.lastLines()).toHaveLength(100);
  expect(output.lastLines().at(-1)).toBe("line 500");
});
