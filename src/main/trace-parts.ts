/** Traces: the collector as the settings name it, what takes requests for it, and how instances reach it. */
import { readFileSync } from "node:fs";
import { BlockList, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Logger } from "pino";
import { refusedNetworks } from "../domain/network-isolation.ts";
import { Collector } from "../observe/traces/collector.ts";
import { RequestTracer } from "../observe/traces/request-tracer.ts";
import { SpanExporter } from "../observe/traces/span-exporter.ts";
import type { RequestConsumer } from "../ports/request-log.ts";
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
  /** Until the signal is aborted. */
  run(end: AbortSignal): Promise<void>;
}

/** Throws SettingsError for headers that cannot be read. */
export function buildTraceParts(
  settings: TraceSettings,
  installationId: string,
  logger: Pick<Logger, "warn">,
): TraceParts {
  const collector = openCollector(settings);
  if (collector === null) return { tracer: null, run: async () => {} };
  const resource = resourceFromAttributes({
    "service.name": "slipway-edge",
    "service.version": VERSION,
    "service.instance.id": installationId,
    "deployment.environment.name": settings.baseDomain,
    "cloud.region": settings.region,
  });
  const exporter = new SpanExporter({
    collector,
    source: { resource, version: VERSION },
    clock: systemClock,
    report: (problem) => logger.warn(problem, "spans are late or lost"),
  });
  return { tracer: new RequestTracer(exporter), run: (end) => exporter.run(end) };
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
