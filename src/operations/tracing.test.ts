/** What instances are told of tracing: by their release, so that a change of it is a deployment. */
import { describe, expect, it } from "vitest";
import type { ServiceConfiguration } from "../domain/service.ts";
import type { Tables } from "../ports/store.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { World, aConfiguration } from "./testing/world.ts";

const CONFIGURATION = "arn:aws:apprunner:us-east-1:000000000000:observabilityconfiguration/trace/1/0";

function traced(environment: Readonly<Record<string, string>> = {}): ServiceConfiguration {
  const observability = { isEnabled: true, configurationArn: CONFIGURATION };
  return { ...aConfiguration({ environment }), observability };
}

async function aWorld(traceVendor: "AWSXRAY" | null = "AWSXRAY"): Promise<World> {
  const store = new MemoryStore();
  const observabilityConfigurations = {
    get: async () => ({ arn: CONFIGURATION, traceVendor, isActive: true }),
  } as unknown as Tables["observabilityConfigurations"];
  const world = new World(Object.assign(store, { observabilityConfigurations }));
  world.otlpEndpoint = "http://collector.example:4318";
  await world.boot();
  return world;
}

async function create(world: World, configuration: ServiceConfiguration): Promise<string> {
  const { service } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.advance(5_000);
  return service.id;
}

async function environment(world: World, serviceId: string): Promise<Readonly<Record<string, string>>> {
  const { activeReleaseNumber } = await world.service(serviceId);
  const row = (await world.instances(serviceId)).find(
    ({ releaseNumber, state }) => releaseNumber === activeReleaseNumber && state === "ready",
  );
  return world.containers.specOf(row?.id ?? "").environment;
}

describe("a traced service", () => {
  it("tells its instances who they are and where spans go", async () => {
    const world = await aWorld();
    const id = await create(world, traced());
    const { arn } = await world.service(id);
    const [instance] = await world.instances(id);
    expect(await environment(world, id)).toEqual({
      PORT: "8080",
      OTEL_PROPAGATORS: "tracecontext,baggage",
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.example:4318",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_SERVICE_NAME: "web1",
      OTEL_RESOURCE_ATTRIBUTES: [
        "service.name=web1",
        "service.version=1",
        `service.instance.id=${instance?.id}`,
        "deployment.environment.name=slipway.localhost",
        "cloud.region=us-east-1",
        "cloud.account.id=000000000000",
        `cloud.resource_id=${arn}`,
        `aws.log.group.names=/aws/apprunner/web1/${id}/application`,
      ].join(","),
    });
  });

  it("leaves what the user sets", async () => {
    const world = await aWorld();
    const own = { OTEL_SERVICE_NAME: "shop", OTEL_PROPAGATORS: "xray,tracecontext,baggage" };
    expect(await environment(world, await create(world, traced(own)))).toMatchObject(own);
  });

  it("sends no spans where instances reach no collector", async () => {
    const world = await aWorld();
    world.otlpEndpoint = undefined;
    await world.reboot();
    const variables = await environment(world, await create(world, traced()));
    expect(variables).toMatchObject({ OTEL_TRACES_EXPORTER: "none", OTEL_SERVICE_NAME: "web1" });
    expect(variables).not.toHaveProperty("OTEL_EXPORTER_OTLP_ENDPOINT");
  });

  it("is deployed anew when tracing is switched off, and tells nothing then", async () => {
    const world = await aWorld();
    const id = await create(world, traced());
    await world.commands.update(id, (present) => ({ ...present, observability: { isEnabled: false } }));
    await world.advance(5_000);
    expect(await world.service(id)).toMatchObject({ activeReleaseNumber: 2 });
    expect(await environment(world, id)).toEqual({ PORT: "8080" });
    await world.commands.rollBack(id, 1);
    await world.advance(5_000);
    expect(await environment(world, id)).toHaveProperty("OTEL_SERVICE_NAME", "web1");
  });
});

it("a configuration without a vendor traces nothing", async () => {
  const world = await aWorld(null);
  expect(await environment(world, await create(world, traced()))).toEqual({ PORT: "8080" });
});
