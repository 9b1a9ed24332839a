/** What it costs to know who calls and whether they may, for each call of a user with a thousand policies. */
import { askedResources, assertCallAllowed } from "../src/api/authorization.ts";
import { authenticate } from "../src/api/sigv4.ts";
import type { Principal } from "../src/domain/identity.ts";
import {
  type Bench,
  POLICIES,
  type Policies,
  scope,
  serviceArn,
  signedCall,
  userWith,
} from "./auth/identities.ts";
import { runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";

type Key = "callUs";

const MEASURES: readonly Measure<Key>[] = [
  { key: "callUs", label: "processor time a call, µs", digits: 1, isCompared: false },
];
const AIM_US = 300;
const action = "apprunner:DescribeService";
const team = { StringEquals: { "aws:ResourceTag/team": "${aws:username}" } };

const one = (number: number, more: object = {}): readonly object[] => [
  { Effect: "Allow", Action: `apprunner:*`, Resource: serviceArn(number), ...more },
];
const POPULATIONS: Readonly<Record<string, Policies>> = {
  "each of other actions but one": (number) =>
    number === POLICIES - 1 ? one(number) : [{ Effect: "Allow", Action: `s3:Get${number}*`, Resource: "*" }],
  "each of one service": (number) => one(number),
  "each of one service, by wildcards": (number) =>
    one(number, { Resource: `arn:aws:apprunner:*:*:service/*-${number}/*` }),
  "each with a condition on tags": (number) => one(number, { Condition: team }),
};

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:auth", {
    rounds: { default: 5, meaning: "rounds over all contenders" },
    calls: { default: 5_000, meaning: "calls a round" },
  });
  const machine = await describeMachine([]);
  const samples = new Map<string, Sample<Key>[]>();
  const benches = new Map<string, Bench>();
  for (const [name, policies] of Object.entries(POPULATIONS)) {
    const bench = await userWith(policies, cleanup);
    await bench.store.tags.put(serviceArn(POLICIES - 1), [{ key: "team", value: "ann" }]);
    benches.set(name, bench);
  }
  const note = (name: string, callUs: number) =>
    samples.set(name, [...(samples.get(name) ?? []), { callUs }]);
  for (let round = 0; round < numbers.rounds; round++) {
    for (const [name, bench] of benches) {
      const { whole, proof, asking, elsewhere, afterChange } = await measure(bench, numbers.calls);
      note("who calls (SigV4)", proof);
      note(`may they: ${name}`, asking);
      note(`both: ${name}`, whole);
      note(`may they, another service each time: ${name}`, elsewhere);
      note(`may they, first call after a change: ${name}`, afterChange);
    }
    process.stderr.write(`round ${round + 1} of ${numbers.rounds}\n`);
  }
  const notes = [
    `A user with ${POLICIES} policies attached; the last one allows the call. A store on disk, one thread.`,
    `Aim: both at most ${AIM_US} µs a call.`,
  ];
  printResult({ title: "bench:auth", machine, notes, measures: MEASURES, samples }, isJson);
});

async function measure(bench: Bench, calls: number) {
  const input = { ServiceArn: serviceArn(POLICIES - 1) };
  const request = await signedCall(bench, input);
  const verifier = { region: scope.region, credentials: bench.credentials, now: () => Date.now() };
  const prove = () => authenticate(request, verifier);
  const ask = async (caller: Principal, value = input) => {
    const operation = { name: "DescribeService", action } as const;
    const asked = { operation, value, caller, head: request, nowMs: Date.now() };
    const context = { ...bench, scope };
    await assertCallAllowed(asked, await askedResources(asked, context), context);
  };
  let number = 0;
  const askElsewhere = async () => {
    number = (number + 1) % POLICIES;
    await ask(bench.principal, { ServiceArn: serviceArn(number) }).catch(() => "refused");
  };
  return {
    proof: await timeOf(calls, prove),
    asking: await timeOf(calls, () => ask(bench.principal)),
    elsewhere: await timeOf(calls, askElsewhere),
    whole: await timeOf(calls, async () => ask(await prove())),
    afterChange: await timeOf(3, async () => {
      await bench.store.users.save(bench.user);
      await ask(bench.principal);
    }),
  };
}

/** Microseconds of this thread for each. */
async function timeOf(count: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const before = process.threadCpuUsage();
  for (let done = 0; done < count; done++) await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / count;
}
