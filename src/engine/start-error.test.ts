import { describe, expect, it } from "vitest";
import type { InstanceSpec } from "../ports/container-engine.ts";
import { EngineRefusal } from "./errors.ts";
import { toStartError } from "./start-error.ts";

const runc =
  "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ";
const spec = (command: readonly string[] | null): InstanceSpec => ({
  instanceId: "0".repeat(32),
  serviceId: "service",
  releaseNumber: 1,
  imageId: "sha256:1",
  command,
  environment: {},
  port: 8080,
  cpuMillis: 1_000,
  memoryMiB: 256,
});
const errorOf = (message: string, exitCode: number, command: readonly string[] | null = null) =>
  toStartError(spec(command), new EngineRefusal(400, message), exitCode);

describe("why a container did not start", () => {
  it("names the program that is missing: the image's own, whatever the start command is", () => {
    const message = `${runc}exec: "/nope": stat /nope: no such file or directory: unknown`;
    expect(errorOf(message, 127)).toMatchObject({
      problem: "command-not-found",
      message: 'The image has no executable "/nope"; correct its ENTRYPOINT or CMD, or set a start command.',
    });
    expect(errorOf(message, 127, ["--port", "1"])).toMatchObject({
      problem: "command-not-found",
      message: 'The image has no executable "/nope"; check the start command and the image\'s ENTRYPOINT.',
    });
  });

  it("understands crun, and a quote in a name", () => {
    expect(errorOf("crun: executable file `nope` not found in $PATH: No such file", 127).message).toContain(
      'no executable "nope"',
    );
    expect(errorOf(`${runc}exec: "a\\"b": executable file not found in $PATH`, 127).message).toContain(
      'no executable "a\\"b"',
    );
  });

  it("says which program is not executable", () => {
    expect(errorOf(`${runc}exec: "/app": permission denied: unknown`, 126)).toMatchObject({
      problem: "not-executable",
      message: expect.stringMatching(/^In the image "\/app" is not executable; /) as string,
    });
  });

  it.each([
    "error during container init: open /proc/sys/net/ipv4/ip_unprivileged_port_start: no such file or directory",
    "error during container init: mkdir /proc/self/fd/7: not a directory",
  ])("does not blame the command for: %s", (problem) => {
    expect(errorOf(runc + problem, 127)).toMatchObject({
      problem: "other",
      message: expect.stringContaining(problem) as string,
    });
  });
});
