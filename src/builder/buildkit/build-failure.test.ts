import { expect, test } from "vitest";
import { toBuildError, type FailureSigns } from "./build-failure.ts";

const signs: FailureSigns = {
  logLines: ["last words"],
  hasMetMemoryLimit: false,
  hasKilledForMemory: null,
  memoryLimitBytes: 512 * 1_024 ** 2,
};
const frontend = "failed to solve with frontend dockerfile.v0: failed to create LLB definition: ";

test.each([
  [
    "executor failed running [/bin/sh -c npm ci && false]: exit code: 1",
    "command",
    "The command `npm ci && false` failed with exit code 1.",
  ],
  [
    'failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 2',
    "command",
    "The command `npm ci` failed with exit code 2.",
  ],
  [
    "executor failed running [/bin/sh -c true]: unable to find user nosuch: no matching entries in passwd file",
    "command",
    "The command `true` failed: unable to find user nosuch: no matching entries in passwd file.",
  ],
  [
    `${frontend}dockerfile parse error line 2: unknown instruction: FOO`,
    "configuration",
    "Dockerfile, line 2: unknown instruction: FOO",
  ],
  [
    "failed to solve: dockerfile parse error on line 7: unknown instruction: EOF",
    "configuration",
    "Dockerfile, line 7: unknown instruction: EOF (here-documents need Docker Engine 23 or newer)",
  ],
  [
    `${frontend}target stage zz could not be found`,
    "configuration",
    "Dockerfile: target stage zz could not be found",
  ],
  [
    'failed to compute cache key: "/nothere" not found: not found',
    "configuration",
    'Dockerfile: "/nothere" is not in the source, or .dockerignore leaves it out.',
  ],
  [
    'failed to solve: failed to compute cache key: failed to calculate checksum of ref a::b: "/x y": not found',
    "configuration",
    'Dockerfile: "/x y" is not in the source, or .dockerignore leaves it out.',
  ],
  ["secret tok not found: not found", "configuration", "Dockerfile: secret tok not found: not found"],
  [
    "failed to copy: write /var/lib/docker/x: no space left on device",
    "disk-full",
    "The build ran out of disk space.",
  ],
  [
    "network bridge not found",
    "engine",
    "The engine has no default bridge (`--bridge none`), and commands of a build get their network from it; start the engine with one.",
  ],
  ["something nobody has seen", "engine", "The engine could not build: something nobody has seen"],
] as const)("%j is %s", (message, problem, expected) => {
  const error = toBuildError(message, signs);
  expect(error.problem).toBe(problem);
  expect(error.message).toBe(expected);
});

test("a base image that cannot be had says which", () => {
  const error = toBuildError(
    `${frontend}failed to do request: Head "https://registry.example/v2/library/none/manifests/1": no such host`,
    signs,
  );
  expect(error.problem).toBe("configuration");
  expect(error.message).toContain("library/none");
});

const killed = "executor failed running [/bin/sh -c node x]: exit code: 137";

test("killed at the memory limit is out of memory; killed by somebody else is not", () => {
  expect(toBuildError(killed, { ...signs, hasMetMemoryLimit: true })).toMatchObject({
    problem: "out-of-memory",
    exitCode: 137,
    message: "The build needs more than the 512 MiB of memory that builds have here.",
  });
  expect(toBuildError(killed, signs).problem).toBe("command");
});

test("a child that was killed shows in another exit code", () => {
  const wrapped = "executor failed running [/bin/sh -c npm run build]: exit code: 1";
  expect(toBuildError(wrapped, { ...signs, hasKilledForMemory: true }).problem).toBe("out-of-memory");
  expect(toBuildError(wrapped, { ...signs, hasMetMemoryLimit: true, logLines: ["Killed"] }).problem).toBe(
    "out-of-memory",
  );
  // The page cache meets the limit in every large build.
  expect(toBuildError(wrapped, { ...signs, hasMetMemoryLimit: true }).problem).toBe("command");
});

test("a command that found the disk full says so in its output", () => {
  const error = toBuildError("executor failed running [/bin/sh -c npm ci]: exit code: 228", {
    ...signs,
    logLines: ["npm ERR! nospc ENOSPC: no space left on device, write"],
  });
  expect(error.problem).toBe("disk-full");
});
