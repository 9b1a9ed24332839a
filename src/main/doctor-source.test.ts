// Programs are small scripts in a directory of the test, the engine is a server on a socket of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkBaseImages,
  checkBuilder,
  checkBuildLimits,
  checkGit,
  checkGitLimits,
  checkSsh,
  judgeBuildDisk,
} from "./doctor-source.ts";

let directory: string;
let programs: string;
let socket: string;
let engine: Server | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-doctor-"));
  programs = join(directory, "bin");
  socket = join(directory, "engine.sock");
  engine = null;
  mkdirSync(programs);
});
afterEach(async () => {
  await new Promise((done) => (engine === null ? done(null) : engine.close(done)));
  rmSync(directory, { recursive: true });
});

function program(name: string, says = "", exitCode = 0): void {
  writeFileSync(join(programs, name), `#!/bin/sh\necho "${says}"\nexit ${exitCode}\n`, { mode: 0o755 });
}

async function engineThatSays(answers: Readonly<Record<string, unknown>>): Promise<void> {
  const server = createServer(({ url = "" }, reply) => reply.end(JSON.stringify(answers[url])));
  engine = server;
  await new Promise<void>((done) => server.listen(socket, done));
}

describe("git", () => {
  it.each([
    ["git version 2.39.5", "ok", "git 2.39.5"],
    ["git version 2.39.5 (Apple Git-154)", "ok", "git 2.39.5"],
    ["git version 2.34.1", "warning", "looks a host up again"],
    ["git version 2.30.2", "failed", "too old"],
    ["git version 2.9.0", "failed", "too old"],
  ])("%s: %s", async (says, status, detail) => {
    program("git", says);
    expect(await checkGit(programs)).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });

  it("that is missing is named with the package that brings it", async () => {
    expect(await checkGit(programs)).toMatchObject({
      status: "failed",
      remedy: expect.stringContaining("apt-get install git"),
    });
  });

  it("needs prlimit, and ssh for deploy keys", async () => {
    expect(await checkGitLimits(programs)).toMatchObject({
      status: "failed",
      remedy: expect.stringContaining("util-linux"),
    });
    expect(await checkSsh(programs)).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining("openssh-client"),
    });
    program("prlimit");
    // As ssh does, which knows no --version.
    program("ssh", "unknown option", 255);
    expect(await checkGitLimits(programs)).toMatchObject({ status: "ok" });
    expect(await checkSsh(programs)).toMatchObject({ status: "ok" });
  });
});

describe("the builder", () => {
  it.each([
    [{ Version: "20.10.24", ApiVersion: "1.41" }, "ok", "BuildKit of Docker 20.10.24"],
    [{ Version: "28.0.1", ApiVersion: "1.48", Components: [{ Name: "Engine" }] }, "ok", "28.0.1"],
    [{ Version: "18.06.3", ApiVersion: "1.38" }, "failed", "Docker 18.06.3 has no BuildKit"],
    [
      { Version: "4.3.1", ApiVersion: "1.41", Components: [{ Name: "Podman Engine" }] },
      "failed",
      "Podman Engine has no BuildKit",
    ],
  ])("of %j: %s", async (version, status, detail) => {
    await engineThatSays({ "/version": version });
    expect(await checkBuilder(socket)).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });

  it("of an engine that does not answer fails, and points to the engine", async () => {
    expect(await checkBuilder(socket)).toMatchObject({
      status: "failed",
      remedy: expect.stringContaining("engine first"),
    });
  });
});

describe("limits of builds", () => {
  const cgroups = () => join(directory, "cgroup");

  it("can be set where each controller of v1 has its tree", async () => {
    await engineThatSays({ "/info": { CgroupVersion: "1", DockerRootDir: "/" } });
    for (const controller of ["memory", "cpu", "pids"])
      mkdirSync(join(cgroups(), controller), { recursive: true });
    expect(await checkBuildLimits(socket, cgroups())).toMatchObject({ status: "ok" });
    rmSync(join(cgroups(), "pids"), { recursive: true });
    expect(await checkBuildLimits(socket, cgroups())).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("without limits of pids:"),
    });
  });

  it("can be set where the one tree of v2 knows the controllers", async () => {
    await engineThatSays({ "/info": { CgroupVersion: "2", DockerRootDir: "/" } });
    mkdirSync(cgroups());
    writeFileSync(join(cgroups(), "cgroup.controllers"), "cpuset cpu io memory pids\n");
    expect(await checkBuildLimits(socket, cgroups())).toMatchObject({ status: "ok" });
    writeFileSync(join(cgroups(), "cgroup.controllers"), "cpu pids\n");
    expect(await checkBuildLimits(socket, cgroups())).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("without limits of memory:"),
      remedy: expect.stringContaining("root"),
    });
  });
});

it.each([
  [1, "failed", "1.0 GiB free at /d: builds are refused below 2 GiB"],
  [3, "warning", "3.0 GiB free at /d: builds end when less than 2 GiB are left"],
  [50, "ok", "50.0 GiB free at /d"],
])("%d GiB for builds: %s", (gib, status, detail) => {
  expect(judgeBuildDisk("/d", gib * 1024 ** 3)).toMatchObject({ status, detail });
});

describe("base images without a registry", () => {
  it("need mmdebstrap, Debian's keys and npm: what is missing is told as one command", async () => {
    const keyring = join(directory, "keyring.gpg");
    expect(await checkBaseImages(programs, keyring)).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining("apt-get install mmdebstrap debian-archive-keyring npm"),
    });
    writeFileSync(keyring, "");
    program("mmdebstrap");
    expect(await checkBaseImages(programs, keyring)).toMatchObject({
      detail: expect.stringContaining("Without npm base images"),
    });
    program("npm");
    expect(await checkBaseImages(programs, keyring)).toMatchObject({ status: "ok" });
  });
});
