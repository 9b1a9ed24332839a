/** What is so now, as Prometheus reads it: its text format, and OpenMetrics, which differs in a few words. Pure. */
import { LATENCY_BOUNDS_S, type LiveService } from "./live-values.ts";

type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram: what follows the family's name. */
  readonly suffix?: string;
}

/** A metric with all its series. */
export interface Family {
  /** Of a counter: without `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly series: readonly Series[];
}

/** Far above what one Prometheus should take from one machine; 1,500 busy services. */
const MOST_SERIES = 50_000;
/** Requests that ended without a status have none. */
const CODES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

export function renderFamilies(families: readonly Family[], isOpenMetrics: boolean): string {
  const lines = families
    .filter(({ series }) => series.length > 0)
    .flatMap((one) => renderFamily(one, isOpenMetrics));
  return `${lines.join("\n")}\n${isOpenMetrics ? "# EOF\n" : ""}`;
}

/** Of services: as many as may be, whole ones; the busiest first. */
export function serviceFamilies(services: Iterable<LiveService>): readonly Family[] {
  const ordered = [...services].sort((one, other) => other.requestCount - one.requestCount);
  const [told, left] = divide(ordered);
  const all = (series: (service: LiveService, labels: Labels) => readonly Series[]): readonly Series[] =>
    told.flatMap((service) => series(service, labelsOf(service)));
  const gauge = (name: string, help: string, value: (service: LiveService) => number): Family => {
    const series = all((service, labels) => [{ labels, value: value(service) }]);
    return { name, type: "gauge", help, series };
  };
  return [
    {
      name: "slipway_requests",
      type: "counter",
      help: "Requests that ended, by the class of their status; none: the client left before there was one.",
      series: all(requestSeries),
    },
    {
      name: "slipway_response_bytes",
      type: "counter",
      help: "Bytes of the answers.",
      series: all(({ responseBytes }, labels) => [{ labels, value: responseBytes }]),
    },
    {
      name: "slipway_request_duration_seconds",
      type: "histogram",
      help: "From a request's first byte to its answer's last, as the edge saw it.",
      series: all(latencySeries),
    },
    gauge(
      "slipway_concurrent_requests",
      "Requests that the instances have now.",
      ({ concurrency }) => concurrency,
    ),
    gauge("slipway_queued_requests", "Requests that wait for an instance now.", ({ queued }) => queued),
    gauge(
      "slipway_active_instances",
      "Instances that had requests in the last ten seconds.",
      ({ active }) => active,
    ),
    gauge("slipway_provisioned_instances", "Instances that are there.", ({ provisioned }) => provisioned),
    {
      name: "slipway_instance_cpu_percent",
      type: "gauge",
      help: "Processor time, as a share of what the instance may have.",
      series: all((service, labels) => instanceSeries(service, labels, ({ cpu }) => cpu)),
    },
    {
      name: "slipway_instance_memory_percent",
      type: "gauge",
      help: "Memory, as a share of what the instance may have.",
      series: all((service, labels) => instanceSeries(service, labels, ({ memory }) => memory)),
    },
    {
      name: "slipway_omitted_series",
      type: "gauge",
      help: "Series of services that are left out here because there are too many.",
      series: [{ labels: {}, value: left }],
    },
  ];
}

/** A family with one series. */
export function single(type: "counter" | "gauge", name: string, help: string, value: number): Family {
  return { name, type, help, series: [{ labels: {}, value }] };
}

function divide(services: readonly LiveService[]): readonly [readonly LiveService[], number] {
  let [count, left] = [0, 0];
  const told = services.filter((service) => {
    const own = 11 + LATENCY_BOUNDS_S.length + 3 + 2 * service.instances.size;
    count += own;
    if (count > MOST_SERIES) left += own;
    return count <= MOST_SERIES;
  });
  return [told, left];
}

function requestSeries({ requestCount, statusCounts }: LiveService, labels: Labels): readonly Series[] {
  const withStatus = statusCounts.reduce((sum, count) => sum + count, 0);
  return [
    ...CODES.map((code, index) => ({ labels: { ...labels, code }, value: statusCounts[index] ?? 0 })),
    { labels: { ...labels, code: "none" }, value: Math.max(0, requestCount - withStatus) },
  ];
}

function latencySeries({ latencyCounts, latencySumS }: LiveService, labels: Labels): readonly Series[] {
  let count = 0;
  const buckets = [...LATENCY_BOUNDS_S.map(String), "+Inf"].map((le, index) => {
    count += latencyCounts[index] ?? 0;
    return { suffix: "_bucket", labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { suffix: "_sum", labels, value: latencySumS },
    { suffix: "_count", labels, value: count },
  ];
}

function instanceSeries(
  { instances }: LiveService,
  labels: Labels,
  read: (instance: { readonly cpu: number | null; readonly memory: number }) => number | null,
): readonly Series[] {
  return [...instances].flatMap(([instance, load]) => {
    const value = read(load);
    return value === null ? [] : [{ labels: { ...labels, instance_id: instance }, value }];
  });
}

function labelsOf({ owner }: LiveService): Labels {
  return { service: owner.serviceName, service_id: owner.serviceId };
}

function renderFamily({ name, type, help, series }: Family, isOpenMetrics: boolean): readonly string[] {
  const ending = type === "counter" ? "_total" : "";
  const family = isOpenMetrics ? name : `${name}${ending}`;
  return [
    `# HELP ${family} ${help}`,
    `# TYPE ${family} ${type}`,
    ...series.map(
      ({ labels, value, suffix = ending }) => `${name}${suffix}${renderLabels(labels)} ${renderValue(value)}`,
    ),
  ];
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeValue(value: string): string {
  return value.replace(/[\\"\n]/g, (letter) => (letter === "\n" ? "\\n" : `\\${letter}`));
}

function renderValue(value: number): string {
  return Number.isNaN(value) ? "NaN" : String(value);
}
