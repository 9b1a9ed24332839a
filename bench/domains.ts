/**
 * From the wish to a verified HTTPS answer under a name of the user's: a real authority (Pebble, which refuses nonces),
 * a real resolver, records that are right.
 */
import { buildTestImages } from "../test/support/images/build.ts";
import { createService, type ServiceView, waitForStatus } from "../test/support/service.ts";
import { TlsInstallation, USER_ZONE } from "../test/support/tls-installation.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { stopwatch } from "./support/stopwatch.ts";

type Key = "servedMs";

const MEASURES: readonly Measure<Key>[] = [
  { key: "servedMs", label: "to a verified answer, ms", digits: 0, isCompared: true },
];
const REFERENCE = "allowed";
const ALLOWED: Sample<Key> = { servedMs: 5_000 };

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:domains", {
    rounds: { default: 10, meaning: "domains for each kind of proof" },
  });
  const machine = await describeMachine([["haproxy", "-v"]]);
  const { world, service } = await prepare(cleanup);
  const samples = new Map<string, Sample<Key>[]>([
    [REFERENCE, []],
    ["proof by HTTP", []],
    ["proof by DNS", []],
  ]);
  for (let round = 0; round < numbers.rounds; round++) {
    samples.get(REFERENCE)?.push(ALLOWED);
    samples.get("proof by HTTP")?.push({ servedMs: await byHttp(world, service, round) });
    samples.get("proof by DNS")?.push({ servedMs: await byDns(world, service, round) });
    process.stderr.write(`round ${round + 1} of ${numbers.rounds}\n`);
  }
  const notes = [
    "Proof by HTTP: from AssociateCustomDomain on. By DNS (a wildcard): from CheckCustomDomain on, once its record is set. Both to the first answer over a TLS connection that a client verifies.",
    "Pebble refuses 30 % of nonces and validates without delay.",
  ];
  printResult(
    { title: "bench:domains", machine, notes, measures: MEASURES, reference: REFERENCE, samples },
    isJson,
  );
});

async function prepare(
  cleanup: Cleanup,
): Promise<{ readonly world: TlsInstallation; readonly service: ServiceView }> {
  const images = await buildTestImages();
  cleanup.add(() => images.remove());
  const world = await TlsInstallation.create(
    { PEBBLE_AUTHZREUSE: "0" },
    { env: { SLIPWAY_DOMAIN_QUOTA: "1000" } },
  );
  cleanup.add(() => world.remove());
  await world.start();
  const environment = { VERSION: "shop" };
  const { ServiceArn } = await createService(world.slipway, { name: "shop", image: images.app, environment });
  return { world, service: await waitForStatus(world.slipway, ServiceArn, "RUNNING") };
}

async function byHttp(world: TlsInstallation, service: ServiceView, round: number): Promise<number> {
  const name = `http-${round}.${USER_ZONE}`;
  await world.setRecords([`${name}. CNAME ${hostOf(service)}.`]);
  const since = stopwatch();
  await world.associate(service, name);
  await world.waitForHttps(name, "shop");
  return since();
}

async function byDns(world: TlsInstallation, service: ServiceView, round: number): Promise<number> {
  const parent = `dns-${round}.${USER_ZONE}`;
  const DomainName = `*.${parent}`;
  await world.associate(service, DomainName);
  await world.waitForStatus(service, DomainName, "pending_certificate_dns_validation");
  const domain = await world.describe(service, DomainName);
  const [record] = domain?.CertificateValidationRecords ?? [];
  await world.setRecords([
    `${record?.Name ?? ""} CNAME ${record?.Value ?? ""}`,
    `${DomainName}. CNAME ${hostOf(service)}.`,
  ]);
  const since = stopwatch();
  const input = { ServiceArn: service.ServiceArn, DomainName };
  await world.slipway.client().call("Slipway.CheckCustomDomain", input);
  await world.waitForHttps(`any.${parent}`, "shop");
  return since();
}

function hostOf({ ServiceUrl }: ServiceView): string {
  return ServiceUrl.replace(/:\d+$/, "");
}
