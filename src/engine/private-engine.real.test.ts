/** What only some engines have: gVisor, and user namespaces for all containers. Each on an engine of the test's own. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import { buildHostileImage } from "../../test/support/images/hostile.ts";
import { PrivateEngine } from "../../test/support/private-engine.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import type { InstanceSpec, OutputLine } from "../ports/container-engine.ts";
import { DockerEngine } from "./docker-engine.ts";

const signal = () => AbortSignal.timeout(60_000);
const newId = () => randomBytes(16).toString("hex");
/** As old as Debian's, runsc knows no network of its own on kernels this new, and `kvm` must not be tried. */
const RUNSC = { path: "/usr/bin/runsc", runtimeArgs: ["--platform=ptrace", "--network=host"] };

describe("On an engine of its own", () => {
  const undo: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  const opened = async (settings: object, args: readonly string[] = []) => {
    const host = await PrivateEngine.start(settings, args);
    undo.push(() => host.remove());
    const { socketPath } = host;
    const images: TestImages = await buildTestImages(socketPath);
    const engine = new DockerEngine({ socketPath, ownerId: newId(), sandboxPoolSize: 1 });
    undo.push(async () => void (await engine.uninstall(signal())));
    await engine.prepare(signal());
    const specOf = (change: Partial<InstanceSpec> = {}): InstanceSpec => ({
      instanceId: newId(),
      serviceId: "service",
      releaseNumber: 1,
      imageId: images.appImageId,
      command: null,
      environment: { PORT: "8080" },
      port: 8080,
      cpuMillis: 1_000,
      memoryMiB: 256,
      ...change,
    });
    return { engine, socketPath, specOf };
  };
  const ask = (address: string, path: string) =>
    waitFor(async () => await (await fetch(`http://${address}:8080${path}`, { signal: signal() })).text(), {
      everyMs: 20,
      what: "an answer",
    });
  const outputOf = async (engine: DockerEngine, instanceId: string) => {
    const lines: OutputLine[] = [];
    for await (const batch of engine.readOutput(instanceId, null, signal())) lines.push(...batch);
    return lines.map(({ text }) => text);
  };

  it.each<[string, object, Partial<InstanceSpec>]>([
    ["in gVisor", { runtimes: { runsc: RUNSC } }, { sandbox: "gvisor" }],
    ["in a user namespace", { "userns-remap": "default" }, {}],
  ])(
    "an instance %s starts, freezes, is metered, logs and stops as others do",
    async (_where, settings, change) => {
      const { engine, specOf } = await opened(settings);
      const spec = specOf(change);
      const { address } = await engine.startInstance(spec, signal());
      expect(await ask(address, "/")).toContain("unversioned from");
      const { instanceId } = spec;

      await engine.setActivity(instanceId, "freeze", signal());
      const asked = ask(address, "/count");
      const frozen = (await engine.readUsage([instanceId], signal())).get(instanceId);
      expect(frozen?.memoryMiB).toBeGreaterThan(10);
      expect((await engine.readUsage([instanceId], signal())).get(instanceId)?.cpuMs).toBe(frozen?.cpuMs);
      await engine.setActivity(instanceId, "run", signal());
      expect(await asked).toBe("1");

      await ask(address, "/log?lines=3");
      await engine.stopInstance(instanceId, { graceMs: 10_000 }, signal());
      expect(await outputOf(engine, instanceId)).toEqual(
        expect.arrayContaining(["line 3", "SIGTERM: finishing requests in flight"]),
      );
      expect(await engine.listInstances(signal())).toMatchObject([
        { state: "exited", exit: { exitCode: 0 } },
      ]);
      await engine.removeInstance(instanceId, signal());
    },
  );

  it("an instance in gVisor sees a kernel of its own, and ends by its own code or is killed for lack of memory", async () => {
    const { engine, socketPath, specOf } = await opened({ runtimes: { runsc: RUNSC } });
    const imageId = await buildHostileImage([], socketPath);
    const attacker = specOf({
      imageId,
      sandbox: "gvisor",
      command: [
        "/perl",
        "-e",
        'open(F, "</proc/version"); print <F>; socket(my $s, 40, 1, 0) or print "$!\n"; exit 7',
      ],
    });
    await engine.startInstance(attacker, signal());
    const [version, vsock] = await outputOf(engine, attacker.instanceId);
    expect(version).toMatch(/^Linux version \d/);
    expect(version).not.toBe((await readFile("/proc/version", "utf8")).trim());
    expect(vsock).toBe("Address family not supported by protocol");
    const [ended] = await engine.listInstances(signal());
    expect(ended).toMatchObject({ state: "exited", exit: { exitCode: 7, isOutOfMemory: false } });
    await engine.removeInstance(attacker.instanceId, signal());

    const glutton = specOf({ sandbox: "gvisor", environment: { PORT: "8080", OOM_AT_START: "1" } });
    await engine.startInstance(glutton, signal());
    const exit = await waitFor(async () => {
      const [one] = await engine.listInstances(signal());
      return one?.state === "exited" && one.exit;
    });
    // The engine is not always told why: the kernel may have killed another process of gVisor's than the one it watches.
    expect(exit.exitCode).toBe(137);
  });

  it("in a user namespace root is nobody on the machine, and its volume is its own all the same", async () => {
    const { engine, socketPath, specOf } = await opened({ "userns-remap": "default" });
    const imageId = await buildHostileImage(["VOLUME /data"], socketPath);
    const program =
      'open(F, ">/data/file") and print "written\n"; open(F, "</proc/self/uid_map"); print <F>; sleep 600';
    const spec = specOf({ imageId, command: ["/perl", "-e", `$| = 1; ${program}`] });
    await engine.startInstance(spec, signal());
    const lines: string[] = [];
    for await (const batch of engine.readOutput(spec.instanceId, null, signal())) {
      lines.push(...Array.from(batch, ({ text }) => text));
      if (lines.length > 1) break;
    }
    const [written, map = ""] = lines;
    expect(written).toBe("written");
    expect(Number(map.trim().split(/\s+/)[1])).toBeGreaterThanOrEqual(65_536);
  });

  it("without gVisor an instance that asks for it is refused with what to do, and nothing is left", async () => {
    const { engine, specOf } = await opened({});
    await expect(engine.startInstance(specOf({ sandbox: "gvisor" }), signal())).rejects.toThrow(
      /no gVisor.*slipway:sandbox.*install runsc.*daemon\.json/,
    );
    expect(await engine.listInstances(signal())).toEqual([]);
  });
});
