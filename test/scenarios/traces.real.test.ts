/** A traced service, as its owner switches it on with AWS's CLI: variables in instances, spans at a real collector. */
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReceivedSpan, TestCollector } from "../support/collector.ts";
import { freePort } from "../support/free-port.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

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
      SLIPWAY_OTLP_PROTOCOL: "http/json",
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
