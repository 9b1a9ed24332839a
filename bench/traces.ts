/** What tracing costs the control plane for each request: made into a span, kept, written as OTLP, sent. */
import { setTimeout as sleep } from "node:timers/promises";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { systemClock } from "../src/main/system-clock.ts";
import { Collector } from "../src/observe/traces/collector.ts";
import { RequestTracer } from "../src/observe/traces/request-tracer.ts";
import { MAX_QUEUED, SpanExporter } from "../src/observe/traces/span-exporter.ts";
import { aRequest } from "../src/observe/traces/test-support.ts";
import type { ServiceRequest } from "../src/ports/request-log.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { startSink } from "./traces/sink.ts";

type Key = "requestUs";

const MEASURES: readonly Measure<Key>[] = [
  { key: "requestUs", label: "processor time a request, µs", digits: 2, isCompared: false },
];
const BATCH = 500;
const PROTOCOLS = ["http/protobuf", "http/json"] as const;

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:traces", {
    rounds: { default: 5, meaning: "rounds over all contenders" },
    requests: { default: 50_000, meaning: "requests a round" },
  });
  const machine = await describeMachine([]);
  const endpoint = await startSink(cleanup);
  const samples = new Map<string, Sample<Key>[]>();
  for (let round = 0; round < numbers.rounds; round++) {
    for (const protocol of PROTOCOLS) {
      const bench = startExporter(endpoint, protocol, cleanup);
      const off = await bench(aRequest({ trace: null }), numbers.requests);
      const on = await bench(aRequest(), numbers.requests);
      note(samples, "not traced", off);
      note(samples, `traced, ${protocol}`, on);
    }
    process.stderr.write(`round ${round + 1} of ${numbers.rounds}\n`);
  }
  const notes = ["One thread; the collector takes everything at once, in another."];
  printResult({ title: "bench:traces", machine, notes, measures: MEASURES, samples }, isJson);
});

function note(samples: Map<string, Sample<Key>[]>, name: string, requestUs: number): void {
  samples.set(name, [...(samples.get(name) ?? []), { requestUs }]);
}

/** Returns what one request of many like the given one takes, in microseconds. */
function startExporter(endpoint: string, protocol: (typeof PROTOCOLS)[number], cleanup: Cleanup) {
  const end = new AbortController();
  const exporter = new SpanExporter({
    collector: new Collector({ endpoint, protocol, headers: {} }),
    source: { resource: resourceFromAttributes({}), scope: { name: "slipway", version: "1" } },
    clock: systemClock,
    report: (problem) => {
      throw new Error(`spans were lost: ${JSON.stringify(problem)}`);
    },
  });
  const running = exporter.run(end.signal);
  cleanup.add(async () => {
    end.abort();
    await running;
  });
  const tracer = new RequestTracer(exporter);
  return async (request: ServiceRequest, count: number): Promise<number> => {
    const batch = Array.from({ length: BATCH }, () => request);
    const before = threadTimeUs();
    for (let done = 0; done < count; done += BATCH) {
      tracer.take(batch);
      while (exporter.queuedCount > MAX_QUEUED - BATCH) await sleep(1);
    }
    while (exporter.queuedCount > 0) await sleep(5);
    return (threadTimeUs() - before) / count;
  };
}

function threadTimeUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
