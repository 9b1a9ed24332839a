/** Traces: the collector as the settings name it, what takes requests for it, and how instances reach it. */
import { readFileSync } from "node:fs";
import { BlockList, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Logger } from "pino";
import { refusedNetworks } from "../domain/network-isolation.ts";
import { Collector } from "../observe/traces/collector.ts";
import { OperationTracer } from "../observe/traces/operation-tracer.ts";
import { RequestTracer } from "../observe/traces/request-tracer.ts";
import { SpanExporter } from "../observe/traces/span-exporter.ts";
import type { JournalHook } from "../operations/index.ts";
import type { RequestConsumer } from "../ports/request-log.ts";
import type { Store } from "../ports/store.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { systemClock } from "./system-clock.ts";
import { VERSION } from "./version.ts";

type TraceSettings = Pick<
  Settings,
  "otlpEndpoint" | "otlpProtocol" | "otlpHeadersFile" | "otlpInstanceEndpoint" | "baseDomain" | "region"
>;

export interface TraceParts {
  /** Null: no collector is set. */
  readonly tracer: RequestConsumer | null;
  /** Hears of each entry of the journal, and then lets another one hear. */
  hookBefore(next: JournalHook | undefined): JournalHook;
  /** Until the signal is aborted. */
  run(end: AbortSignal): Promise<void>;
}

interface TracePartsRequest {
  readonly settings: TraceSettings;
  readonly store: Pick<Store, "operations" | "journal">;
  readonly installationId: string;
  readonly logger: Pick<Logger, "warn">;
}

/** Throws SettingsError for headers that cannot be read. */
export function buildTraceParts({ settings, store, installationId, logger }: TracePartsRequest): TraceParts {
  const collector = openCollector(settings);
  if (collector === null)
    return { tracer: null, hookBefore: (next = () => undefined) => next, run: async () => {} };
  const resource = resourceFromAttributes({
    "service.name": "slipway",
    "service.version": VERSION,
    "service.instance.id": installationId,
    "deployment.environment.name": settings.baseDomain,
    "cloud.region": settings.region,
  });
  const exporter = new SpanExporter({
    collector,
    source: { resource, scope: { name: "slipway", version: VERSION } },
    clock: systemClock,
    report: (problem) => logger.warn(problem, "spans are late or lost"),
  });
  const onError = (error: unknown) => logger.warn({ err: error }, "operations are not traced");
  const operations = new OperationTracer({ store, exporter, clock: systemClock, onError });
  return {
    tracer: new RequestTracer(exporter),
    hookBefore: (next) => (entry) => {
      operations.see(entry);
      return next?.(entry);
    },
    run: async (end) => void (await Promise.all([exporter.run(end), operations.run(end)])),
  };
}

/** Null: none is set. */
export function openCollector(settings: TraceSettings): Collector | null {
  const { otlpEndpoint: endpoint, otlpProtocol: protocol, otlpHeadersFile } = settings;
  if (endpoint === undefined) return null;
  const headers = otlpHeadersFile === undefined ? {} : readHeaders(otlpHeadersFile);
  return new Collector({ endpoint, protocol, headers });
}

/** Where instances send their spans; undefined: they reach no collector. */
export function instanceEndpoint(settings: TraceSettings): string | undefined {
  const { otlpEndpoint, otlpInstanceEndpoint } = settings;
  if (otlpInstanceEndpoint !== undefined) return otlpInstanceEndpoint;
  return otlpEndpoint === undefined || isCutOff(new URL(otlpEndpoint).hostname) ? undefined : otlpEndpoint;
}

/** The same, for the heart. */
export function tracingOptions(settings: TraceSettings): { readonly otlpEndpoint?: string } {
  const otlpEndpoint = instanceEndpoint(settings);
  return otlpEndpoint === undefined ? {} : { otlpEndpoint };
}

/** What the firewall is to let instances reach: only what is named for them. */
export function collectorOfInstances({ otlpInstanceEndpoint }: TraceSettings) {
  if (otlpInstanceEndpoint === undefined) return null;
  const { hostname: address, port, protocol } = new URL(otlpInstanceEndpoint);
  if (!isIPv4(address) || address.startsWith("127.")) return null;
  const usual = protocol === "https:" ? 443 : 80;
  return { address, port: port === "" ? usual : Number(port) };
}

/** Instances are kept from this machine and from private networks; they have no IPv6; a name may lead anywhere. */
function isCutOff(hostname: string): boolean {
  if (hostname === "localhost" || hostname.endsWith(".localhost") || hostname.startsWith("[")) return true;
  if (!isIPv4(hostname)) return false;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return refusedAddresses().check(hostname) || own.some(({ address }) => address === hostname);
}

function refusedAddresses(): BlockList {
  const list = new BlockList();
  for (const network of refusedNetworks) {
    const [address = "", bits] = network.split("/");
    list.addSubnet(address, Number(bits));
  }
  return list;
}

/** `Name: value` a line; empty lines and those that begin with # are left out. Values are in no message. */
function readHeaders(path: string): Readonly<Record<string, string>> {
  const headers: [string, string][] = [];
  for (const [index, line] of readText(path).split("\n").entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[\t ]*([\t\u{20}-\u{7e}]+)$/u.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new SettingsError(`Setting otlpHeadersFile: line ${index + 1} of ${path} must be "Name: value".`);
    }
    headers.push([name, value]);
  }
  return Object.fromEntries(headers);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const problem = `Setting otlpHeadersFile: ${path} cannot be read. Name a file that this user may read.`;
    throw new SettingsError(problem, { cause });
  }
}
