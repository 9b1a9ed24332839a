import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EngineClient, type Report } from "./client.ts";
import { DiskWatch } from "./disk-watch.ts";
import { Names } from "./naming.ts";

const names = new Names("0123456789abcdef");
const [gone, lost, small, large, hosts] = ["a", "b", "c", "d", "e"].map((letter) => letter.repeat(32)) as [
  string,
  string,
  string,
  string,
  string,
];
const container = (instanceId: string) => ({
  Id: instanceId,
  Names: [`/${names.instanceContainer(instanceId)}`],
  State: "running",
  Labels: { "slipway.owner": names.ownerId, "slipway.role": "instance", "slipway.instance": instanceId },
});

it("kills what wrote too much, and nothing else, though one ends meanwhile and one cannot be measured", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-disk-watch-"));
  const killed: string[] = [];
  writeFileSync(join(directory, "full"), "x".repeat(8_192));
  const engine = createServer(({ url = "" }, response) => {
    const [, name = "", act = ""] = /containers\/([^/?]+)\/?(\w*)/.exec(url) ?? [];
    if (act === "kill") killed.push(name);
    const isOf = (instanceId: string) => name === names.instanceContainer(instanceId);
    response.statusCode = isOf(gone) ? 404 : isOf(lost) ? 500 : 200;
    const all = [gone, lost, small, large, hosts].map(container);
    const HostsPath = join(directory, name.endsWith(hosts) ? "full" : "none");
    const one = { SizeRw: name.endsWith(large) ? 101 : 100, Mounts: [], HostsPath, State: { Pid: 0 } };
    const info = { DockerRootDir: directory };
    response.end(JSON.stringify(url.endsWith("/info") ? info : name === "json" ? all : one));
  });
  await new Promise<void>((resolve) => engine.listen(join(directory, "engine.sock"), resolve));
  try {
    const overfull = new Set<string>();
    const client = new EngineClient(join(directory, "engine.sock"));
    const told: unknown[] = [];
    const report: Report = (event, { instanceId }) => told.push([event, instanceId]);
    const context = { client, names, report, overfull, now: () => 0 };
    await new DiskWatch(context, 100).look(AbortSignal.timeout(5_000));
    expect(killed).toEqual([large, hosts]);
    expect([...overfull]).toEqual([large, hosts]);
    expect(told[0]).toEqual(["instance-disk-not-measured", lost]);
  } finally {
    engine.closeAllConnections();
    engine.close();
    rmSync(directory, { recursive: true });
  }
});
