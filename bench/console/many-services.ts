/**
 * Many services in the store of an installation that is not started yet, as their owners left them: paused, each with its release,
 * its last operation and its tags. Created by the API they would take a quarter of an hour, and their containers the machine.
 */
import { join } from "node:path";
import type { Operation } from "../../src/domain/operation.ts";
import type { Release } from "../../src/domain/release.ts";
import type { Service, ServiceConfiguration } from "../../src/domain/service.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";

const TEAMS = ["shop", "search", "mail", "billing", "reports"];
const HOUR_MS = 3_600_000;
const PREFIX = "arn:aws:apprunner:us-east-1:000000000000";

const CONFIGURATION: ServiceConfiguration = {
  source: {
    kind: "image",
    imageIdentifier: "registry.example.com/team/web:1.4.2",
    repositoryType: "ECR",
    port: "8080",
    startCommand: null,
    environment: { LOG_LEVEL: "info" },
    environmentSecrets: {},
  },
  autoDeploymentsEnabled: false,
  instance: { cpu: "1024", memory: "2048" },
  healthCheck: {
    protocol: "TCP",
    path: "/",
    intervalS: 5,
    timeoutS: 2,
    healthyThreshold: 1,
    unhealthyThreshold: 5,
  },
  autoScalingConfigurationArn: `${PREFIX}:autoscalingconfiguration/DefaultConfiguration/1/00000000000000000000000000000001`,
  network: { egressType: "DEFAULT", isPubliclyAccessible: true, ipAddressType: "IPV4" },
};

/** The database is made by it: nothing may run on this state directory. */
export async function putServices(stateDirectory: string, count: number, nowMs: number): Promise<void> {
  const store = await openSqliteStore({ path: join(stateDirectory, "slipway.db") });
  await store.transaction(async (tx) => {
    for (let index = 0; index < count; index++) {
      const service = serviceOf(index, nowMs - (count - index) * HOUR_MS);
      await tx.services.save(service);
      await tx.operations.save(operationOf(service));
      await tx.releases.save(releaseOf(service));
      await tx.tags.put(service.arn, [{ key: "team", value: TEAMS[index % TEAMS.length] ?? "" }]);
    }
  });
  await store.close();
}

function serviceOf(index: number, createdAtMs: number): Service {
  const id = idOf(index);
  const name = `${TEAMS[index % TEAMS.length]}-${String(index).padStart(4, "0")}`;
  return {
    id,
    arn: `${PREFIX}:service/${name}/${id}`,
    name,
    host: `${id.slice(-10)}.us-east-1.localhost`,
    status: "PAUSED",
    configuration: CONFIGURATION,
    encryptionKeyArn: null,
    slots: { blue: 2 * index, green: 2 * index + 1, active: "blue" },
    activeReleaseNumber: 1,
    createdAtMs,
    updatedAtMs: createdAtMs,
    deletedAtMs: null,
  };
}

function operationOf({ id, arn, createdAtMs }: Service): Operation {
  return {
    id,
    serviceId: id,
    serviceArn: arn,
    type: "PAUSE_SERVICE",
    status: "SUCCEEDED",
    phase: "done",
    configuration: CONFIGURATION,
    previousConfiguration: null,
    releaseNumber: null,
    cause: null,
    createdAtMs,
    phaseStartedAtMs: createdAtMs,
    updatedAtMs: createdAtMs,
    endedAtMs: createdAtMs,
  };
}

function releaseOf({ id, createdAtMs }: Service): Release {
  return {
    serviceId: id,
    number: 1,
    operationId: id,
    imageId: `sha256:${"0".repeat(64)}`,
    imageDigest: `sha256:${"1".repeat(64)}`,
    configuration: CONFIGURATION,
    scale: { minSize: 1, maxSize: 25, maxConcurrency: 100 },
    createdAtMs,
  };
}

/** 32 hexadecimal digits, as of chance, and the same each time. */
function idOf(index: number): string {
  const part = (factor: number) => ((index * factor + 12_345) % 4_294_967_291).toString(16).padStart(8, "0");
  return [2_654_435_761, 40_503, 2_246_822_519, 3_266_489_917].map(part).join("");
}
