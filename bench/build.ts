/**
 * How long source code takes until it is served, beside a plain build of the same Dockerfile by the engine: the first
 * build of a service, a push that changes one source file, a deployment of what is there already.
 */
import Docker from "dockerode";
import { CodeService, type DeploymentTimes } from "./build/code-service.ts";
import { type Example, examples, type Files, filesOf } from "./build/example.ts";
import { HostedRepository } from "./build/hosted-repository.ts";
import { PlainBuilder } from "./build/plain-build.ts";
import { runBenchmark } from "./support/cleanup.ts";
import { startInstallation } from "./support/installation.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const SOCKET = "/var/run/docker.sock";
const KINDS = ["first build", "source changed", "nothing changed"] as const;
type Kind = (typeof KINDS)[number];

type Key = "plainMs" | "liveMs" | "ratio" | "overPlainMs" | "sourceMs" | "buildMs" | "rolloutMs";

const MEASURES: readonly Measure<Key>[] = [
  { key: "plainMs", label: "plain build, ms", digits: 0, isCompared: false },
  { key: "liveMs", label: "live, ms", digits: 0, isCompared: false },
  { key: "ratio", label: "vs plain", digits: 2, isCompared: false },
  { key: "overPlainMs", label: "ms above plain", digits: 0, isCompared: false },
  { key: "sourceMs", label: "source", digits: 0, isCompared: false },
  { key: "buildMs", label: "build", digits: 0, isCompared: false },
  { key: "rolloutMs", label: "roll-out", digits: 0, isCompared: false },
];

await runBenchmark(async (cleanup) => {
  const { numbers, isJson, only } = readOptions("bench:build", {
    rounds: { default: 7, meaning: "rounds: each example once by Slipway and once plain" },
  });
  const machine = await describeMachine([
    ["docker", "--version"],
    ["git", "--version"],
  ]);
  const directory = temporaryDirectory(cleanup);
  const { slipway } = await startInstallation(cleanup);
  const plain = new PlainBuilder({
    docker: new Docker({ socketPath: SOCKET }),
    socketPath: SOCKET,
    directory,
    environment: slipway.env,
  });
  const chosen = examples.filter(({ name }) => only.length === 0 || only.includes(name));
  const samples = new Map<string, Sample<Key>[]>(
    chosen.flatMap(({ name }) => KINDS.map((kind) => [`${name}, ${kind}`, []])),
  );
  // A round before the first makes base images, and reads into memory what every round reads.
  for (let round = 0; round <= numbers.rounds; round++) {
    for (const example of chosen) {
      const name = `${example.name}-${round}`;
      const measurePlain = () => plainRound(plain, example, `plain-${name}-${Date.now()}`);
      const before = round % 2 === 0 ? await measurePlain() : null;
      const times = await liveRound({ slipway, directory, example, name });
      const plainMs = before ?? (await measurePlain());
      if (round === 0) continue;
      for (const kind of KINDS)
        samples.get(`${example.name}, ${kind}`)?.push(toSample(times[kind], plainMs[kind]));
    }
    process.stderr.write(`round ${round} of ${numbers.rounds}\n`);
  }
  const notes = [
    "Plain: POST /build?version=2 of the Dockerfile that Slipway generates, until the image is there; nothing is started.",
    "Live: from CreateService, git push or StartDeployment to the first answer of the new instance, asked every 10 ms.",
    "source, build, roll-out: parts of it by the operation's log. Base images are present; App Runner's defaults.",
  ];
  printResult({ title: "bench:build", machine, notes, measures: MEASURES, samples }, isJson);
});

function toSample(times: DeploymentTimes, plainMs: number): Sample<Key> {
  const { totalMs: liveMs, ...phases } = times;
  return { plainMs, liveMs, ratio: liveMs / plainMs, overPlainMs: liveMs - plainMs, ...phases };
}

/** The same three with the engine alone. */
async function plainRound(
  plain: PlainBuilder,
  example: Example,
  mark: string,
): Promise<Record<Kind, number>> {
  const variant = (source: string): Files => filesOf(example, { dependencies: mark, source });
  const dockerfile = await plain.dockerfileFor(variant("one"), mark);
  return {
    "first build": await plain.measure(variant("one"), dockerfile),
    "source changed": await plain.measure(variant("two"), dockerfile),
    "nothing changed": await plain.measure(variant("two"), dockerfile),
  };
}

interface LiveRound {
  readonly slipway: Awaited<ReturnType<typeof startInstallation>>["slipway"];
  readonly directory: string;
  readonly example: Example;
  readonly name: string;
}

async function liveRound({
  slipway,
  directory,
  example,
  name,
}: LiveRound): Promise<Record<Kind, DeploymentTimes>> {
  const dependencies = `live-${name}-${Date.now()}`;
  const variant = (source: string): Files => filesOf(example, { dependencies, source });
  const repository = await HostedRepository.create(slipway, name, directory);
  await repository.commit(variant("one"));
  await repository.push();
  const wish = { name, repositoryUrl: repository.url, mark: "one" };
  const { service, times: first } = await CodeService.create(slipway, wish);
  await repository.commit(variant("two"));
  const changed = await service.push(() => repository.push(), "two");
  const unchanged = await service.redeploy();
  await service.remove();
  return { "first build": first, "source changed": changed, "nothing changed": unchanged };
}
