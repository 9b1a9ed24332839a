/**
 * How long a new service and a new deployment take until their URL answers, beside the bare floor: the engine's own
 * create + start of the same image. The image is present; everything else has App Runner's defaults.
 */
import { ListServicesCommand } from "@aws-sdk/client-apprunner";
import Docker from "dockerode";
import { sdk } from "../test/support/service.ts";
import { measureFloor } from "./deploy/floor.ts";
import { type LifeTimes, measureLife } from "./deploy/service-life.ts";
import { runBenchmark } from "./support/cleanup.ts";
import { startInstallation } from "./support/installation.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";

type Key = "ms" | "overFloorMs";

const MEASURES: readonly Measure<Key>[] = [
  { key: "ms", label: "ms", digits: 0, isCompared: true },
  { key: "overFloorMs", label: "ms above the floor", digits: 0, isCompared: false },
];
const ROWS: Readonly<Record<string, keyof LifeTimes>> = {
  "CreateService → first 200": "createMs",
  "CreateService → RUNNING": "createRunningMs",
  "StartDeployment → switched": "deployMs",
  "StartDeployment → RUNNING": "deployRunningMs",
};

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:deploy", {
    rounds: { default: 15, meaning: "rounds: one floor, one create, one deployment each" },
  });
  const machine = await describeMachine([
    ["docker", "--version"],
    ["haproxy", "-v"],
  ]);
  const { slipway, image } = await startInstallation(cleanup);
  const docker = new Docker();
  const client = sdk(slipway);
  // The SDK's first call reads files and opens a connection.
  await client.send(new ListServicesCommand({}));
  const samples = new Map<string, Sample<Key>[]>(["floor", ...Object.keys(ROWS)].map((name) => [name, []]));
  for (let round = 0; round < numbers.rounds; round++) {
    const life = () => measureLife(client, { name: `bench-${round}`, image, edgePort: slipway.edgePort });
    // Who comes first alternates.
    const before = round % 2 === 0 ? await measureFloor(docker, image) : null;
    const times = await life();
    const floorMs = before ?? (await measureFloor(docker, image));
    samples.get("floor")?.push({ ms: floorMs });
    for (const [name, key] of Object.entries(ROWS)) {
      samples.get(name)?.push({ ms: times[key], overFloorMs: times[key] - floorMs });
    }
    process.stderr.write(`round ${round + 1} of ${numbers.rounds}\n`);
  }
  const notes = [
    "Floor: engine create + start on the default bridge with the same limits, polled until 200. All polled every 2 ms.",
    "The image is present; default health check; one instance.",
  ];
  printResult(
    { title: "bench:deploy", machine, notes, measures: MEASURES, reference: "floor", samples },
    isJson,
  );
});
