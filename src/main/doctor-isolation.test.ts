import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkIsolation } from "./doctor-isolation.ts";

let directory: string;
let engine: Server;
let info: object;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "slipway-doctor-"));
  engine = createServer((_request, response) => response.end(JSON.stringify(info)));
  await new Promise<void>((resolve) => engine.listen(join(directory, "engine.sock"), resolve));
});
afterEach(() => {
  engine.close();
  rmSync(directory, { recursive: true });
});

const check = () => checkIsolation({ dockerSocket: join(directory, "engine.sock"), gvisorRuntime: "gvisor" });

it("tells what the engine has", async () => {
  info = {
    Runtimes: { runc: {}, gvisor: {} },
    SecurityOptions: ["name=seccomp,profile=default", "name=userns"],
  };
  expect(await check()).toEqual({
    name: "isolation",
    status: "ok",
    detail: "system calls are filtered; user namespaces; gVisor as gvisor",
  });
});

it("tells what it has not, and that gVisor cannot be asked for", async () => {
  info = { Runtimes: { runc: {}, runsc: {} }, SecurityOptions: ["name=seccomp,profile=default"] };
  expect((await check()).detail).toBe(
    "system calls are filtered; no user namespaces; no gVisor, so slipway:sandbox=gvisor cannot be used",
  );
});

it("warns of an engine that filters no system calls", async () => {
  info = { Runtimes: { runc: {} }, SecurityOptions: null };
  expect(await check()).toMatchObject({ status: "warning" });
});
