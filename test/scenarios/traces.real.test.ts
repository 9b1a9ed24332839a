/** A traced service, as its owner switches it on with AWS's CLI: variables in instances, spans at a real collector. */
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attributesOf, type ReceivedSpan, TestCollector } from "../support/collector.ts";
import { freePort } from "../support/free-port.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/;
const SERVER = 2;
/** A collector that was away is tried again after 1, 2, 4 … seconds. */
const LATE_MS = 40_000;

let images: TestImages;
let slipway: Installation;
let collector: TestCollector;
let port: number;
let service: ServiceView;
let operationId: string;

beforeAll(async () => {
  images = await buildTestImages();
  port = await freePort();
  collector = await TestCollector.listen(port, "0.0.0.0");
  slipway = await Installation.create({
    env: {
      SLIPWAY_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      SLIPWAY_OTLP_INSTANCE_ENDPOINT: `http://${ownAddress()}:${port}`,
    },
  });
  await slipway.start();
  const { ObservabilityConfiguration } = await slipway.aws<{
    ObservabilityConfiguration: { ObservabilityConfigurationArn: string };
  }>([
    "create-observability-configuration",
    "--observability-configuration-name",
    "traced",
    "--trace-configuration",
    "Vendor=AWSXRAY",
  ]);
  const arn = ObservabilityConfiguration.ObservabilityConfigurationArn;
  const created = await slipway.aws<{ Service: ServiceView; OperationId: string }>([
    "create-service",
    "--service-name",
    "traced",
    "--source-configuration",
    source(),
    "--health-check-configuration",
    "Protocol=HTTP,Path=/health,Interval=1,Timeout=1",
    "--observability-configuration",
    `ObservabilityEnabled=true,ObservabilityConfigurationArn=${arn}`,
  ]);
  operationId = created.OperationId;
  service = await waitForStatus(slipway, created.Service.ServiceArn, "RUNNING");
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
  await collector[Symbol.asyncDispose]();
});

function source(): string {
  return JSON.stringify({
    AutoDeploymentsEnabled: false,
    ImageRepository: {
      ImageIdentifier: images.app,
      ImageRepositoryType: "ECR_PUBLIC",
      ImageConfiguration: {
        Port: "8080",
        StartCommand: "/node /app/server.js",
        RuntimeEnvironmentVariables: { OTEL_PROPAGATORS: "tracecontext" },
      },
    },
  });
}

/** An address of this machine that others reach. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find(({ family, internal }) => family === "IPv4" && !internal);
  if (found === undefined) throw new Error("this machine has no address but loopback");
  return found.address;
}

/** The request as the instance saw it. */
async function headersOf(headers: Readonly<Record<string, string>> = {}) {
  const { body } = await slipway.fetch(service.ServiceUrl, "/headers", { headers });
  return JSON.parse(body) as Readonly<Record<string, string>>;
}

/** The outermost of a trace that we sent. */
function spanOf(traceId: string): Promise<ReceivedSpan> {
  const isOuter = ({ kind, parentSpanId = "" }: ReceivedSpan) => kind === SERVER || parentSpanId === "";
  return waitFor(() => collector.spans().find((span) => span.traceId === traceId && isOuter(span)), {
    what: `a span of trace ${traceId}`,
    timeoutMs: LATE_MS,
  });
}

it("an operation is a trace, of its own id", async () => {
  const span = await spanOf(operationId);
  expect(span).toMatchObject({ name: "CREATE_SERVICE" });
  const steps = collector.spans().filter(({ parentSpanId }) => parentSpanId === span.spanId);
  expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["pullImage", "startInstance"]));
});

describe("an instance of a traced service", () => {
  it("is told who it is, and where spans go", async () => {
    const { body } = await slipway.fetch(service.ServiceUrl, "/env");
    const environment = JSON.parse(body) as Readonly<Record<string, string>>;
    expect(environment).toMatchObject({
      OTEL_SERVICE_NAME: "traced",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${ownAddress()}:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_PROPAGATORS: "tracecontext",
    });
    const [container = ""] = await slipway.containers();
    const instanceId = /[0-9a-f]{32}/.exec(container)?.[0];
    expect(environment["OTEL_RESOURCE_ATTRIBUTES"]).toContain(`service.instance.id=${instanceId},`);
    expect(environment["OTEL_RESOURCE_ATTRIBUTES"]).toContain("service.version=1,");
  });

  it("reaches the collector, and nothing else on its host", async () => {
    const connect = async (to: number) => {
      const path = `/connect?host=${ownAddress()}&port=${to}`;
      return (JSON.parse((await slipway.fetch(service.ServiceUrl, path)).body) as { result: string }).result;
    };
    expect(await connect(port)).toBe("connected");
    expect(await connect(slipway.apiPort)).not.toBe("connected");
  });
});

describe("a request of a traced service", () => {
  it("begins a trace: the instance's parent is the edge's span, which the collector gets", async () => {
    const [, traceId = "", spanId] = TRACEPARENT.exec((await headersOf())["traceparent"] ?? "") ?? [];
    const span = await spanOf(traceId);
    expect(span).toMatchObject({ spanId, name: "GET" });
    expect(span.parentSpanId ?? "").toBe("");
    expect(attributesOf(span)).toMatchObject({
      "http.request.method": "GET",
      "url.path": "/headers",
      "server.address": service.ServiceUrl.split(":")[0],
      "slipway.service.name": "traced",
    });
    expect(String(attributesOf(span)["slipway.instance.id"])).toMatch(/^[0-9a-f]{32}$/);
  });

  it("goes on with the client's trace", async () => {
    const seen = await headersOf({ traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` });
    const [, traceId, spanId] = TRACEPARENT.exec(seen["traceparent"] ?? "") ?? [];
    expect(traceId).toBe(TRACE_ID);
    expect(spanId).not.toBe(PARENT_ID);
    expect(await spanOf(TRACE_ID)).toMatchObject({ spanId, parentSpanId: PARENT_ID });
  });

  it("goes on with X-Ray's header", async () => {
    const root = "5759e988bd862e3fe1be46a994272793";
    const header = `Root=1-${root.slice(0, 8)}-${root.slice(8)};Parent=53995c3f42cd8ad8;Sampled=1`;
    const seen = await headersOf({ "x-amzn-trace-id": header });
    expect(seen["traceparent"]).toMatch(new RegExp(`^00-${root}-`));
    expect(await spanOf(root)).toMatchObject({ parentSpanId: "53995c3f42cd8ad8" });
  });

  it("is an error when the instance answers one", async () => {
    const traceId = TRACE_ID.replace(/^0a/, "0b");
    const headers = { traceparent: `00-${traceId}-${PARENT_ID}-01` };
    expect((await slipway.fetch(service.ServiceUrl, "/status/503", { headers })).status).toBe(503);
    const span = await spanOf(traceId);
    expect(span.status).toMatchObject({ code: 2 });
    expect(attributesOf(span)).toMatchObject({ "error.type": "503", "http.response.status_code": 503 });
  });

  it("that its client does not want traced is not told of, but the instance hears so", async () => {
    const traceId = TRACE_ID.replace(/^0a/, "0c");
    const seen = await headersOf({ traceparent: `00-${traceId}-${PARENT_ID}-00` });
    expect(seen["traceparent"]).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    const later = TRACE_ID.replace(/^0a/, "0d");
    await headersOf({ traceparent: `00-${later}-${PARENT_ID}-01` });
    await spanOf(later);
    expect(collector.spans().filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it("is served while the collector is away, and told of when it is back", async () => {
    await collector[Symbol.asyncDispose]();
    const [, traceId = ""] = TRACEPARENT.exec((await headersOf())["traceparent"] ?? "") ?? [];
    await waitFor(() => slipway.logTail(2000).includes("spans are late or lost"), {
      what: "a word of the collector in the log",
    });
    collector = await TestCollector.listen(port, "0.0.0.0");
    await spanOf(traceId);
  });
});
