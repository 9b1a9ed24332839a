/** A service: what the user created, what they wish for it, and what it is right now. */
import type { CodeSource } from "./code-source.ts";
import { SlipwayError } from "./error.ts";
import type { HealthCheck } from "./health-check.ts";
import { type StateTable, transition } from "./state-table.ts";

/**
 * | status                | may become                                       |
 * |-----------------------|--------------------------------------------------|
 * | OPERATION_IN_PROGRESS | RUNNING, CREATE_FAILED, PAUSED, DELETED, DELETE_FAILED |
 * | RUNNING               | OPERATION_IN_PROGRESS                            |
 * | CREATE_FAILED         | OPERATION_IN_PROGRESS (rebuild or delete)        |
 * | PAUSED                | OPERATION_IN_PROGRESS (resume or delete)         |
 * | DELETE_FAILED         | OPERATION_IN_PROGRESS (delete again)             |
 * | DELETED               | nothing                                          |
 */
export const serviceStatusTable = {
  OPERATION_IN_PROGRESS: ["RUNNING", "CREATE_FAILED", "PAUSED", "DELETED", "DELETE_FAILED"],
  RUNNING: ["OPERATION_IN_PROGRESS"],
  CREATE_FAILED: ["OPERATION_IN_PROGRESS"],
  PAUSED: ["OPERATION_IN_PROGRESS"],
  DELETE_FAILED: ["OPERATION_IN_PROGRESS"],
  DELETED: [],
} as const satisfies StateTable<ServiceStatus>;

export type ServiceStatus =
  | "OPERATION_IN_PROGRESS"
  | "RUNNING"
  | "CREATE_FAILED"
  | "PAUSED"
  | "DELETE_FAILED"
  | "DELETED";

/** Of services that are there. */
export const liveServiceStatuses: readonly ServiceStatus[] = [
  "OPERATION_IN_PROGRESS",
  "RUNNING",
  "CREATE_FAILED",
  "PAUSED",
  "DELETE_FAILED",
];

export function toServiceStatus(from: ServiceStatus, to: ServiceStatus): ServiceStatus {
  return transition<ServiceStatus>("service", serviceStatusTable, from, to);
}

export interface Service {
  /** 32 lower-case hex; the last part of the ARN. */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** Host name of the default URL, without scheme and port: `<10 chars>.<region>.<base domain>`. */
  readonly host: string;
  readonly status: ServiceStatus;
  /** What the user wishes. Changes when an update is accepted; goes back when it is rolled back. */
  readonly configuration: ServiceConfiguration;
  /** The key of KMS that encrypts its logs; its sources are not kept then. It never changes; null: there is none, and they lie in the clear. */
  readonly encryptionKeyArn: string | null;
  /** The pair of edge slots this service owns; null once it is deleted and they are free again. */
  readonly slots: SlotPair | null;
  /** The release in traffic (or, while paused, the one to resume); null before the first success. */
  readonly activeReleaseNumber: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly deletedAtMs: number | null;
}

export type SlotColour = "blue" | "green";

export interface SlotPair {
  readonly blue: number;
  readonly green: number;
  /** The slot that is routed to (or was, before a pause); null before the first switch. */
  readonly active: SlotColour | null;
}

/** Everything that makes a release, as the user gave it, defaults filled in, spelled as App Runner echoes it. */
export interface ServiceConfiguration {
  readonly source: Source;
  readonly autoDeploymentsEnabled: boolean;
  readonly accessRoleArn?: string;
  readonly connectionArn?: string;
  readonly instance: InstanceConfiguration;
  readonly healthCheck: HealthCheck;
  /** The exact revision in use. */
  readonly autoScalingConfigurationArn: string;
  readonly network: NetworkConfiguration;
  readonly observability?: { readonly isEnabled: boolean; readonly configurationArn?: string };
  /**
   * Who gave it its source, and no instance role, may not read all secrets: those that `apprunner.yaml` names are refused,
   * for what a file names is known to nobody who could be asked.
   */
  readonly refusesFileSecrets?: true;
}

export type Source = ImageSource | CodeSource;

export interface ImageSource {
  readonly kind: "image";
  /** As given by the user. */
  readonly imageIdentifier: string;
  readonly repositoryType: "ECR" | "ECR_PUBLIC";
  /** Decimal digits. */
  readonly port: string;
  /** Replaces the image's command; null keeps it. Split into arguments by `command-line.ts`, never given to a shell. */
  readonly startCommand: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Name in the container → reference to a secret. */
  readonly environmentSecrets: Readonly<Record<string, string>>;
}

export interface InstanceConfiguration {
  /** Plain units, "256" to "4096" (1024 = one core). */
  readonly cpu: string;
  /** MiB, "512" to "12288". */
  readonly memory: string;
  readonly instanceRoleArn?: string;
}

export interface NetworkConfiguration {
  readonly egressType: "DEFAULT" | "VPC";
  readonly vpcConnectorArn?: string;
  readonly isPubliclyAccessible: boolean;
  readonly ipAddressType: "IPV4" | "DUAL_STACK";
}

/** Throws ServiceChanged. Null: at whatever time. Each accepted operation and its end move the time. */
export function assertUnchangedSince(
  { name, updatedAtMs }: Pick<Service, "name" | "updatedAtMs">,
  atMs: number | null,
): void {
  if (atMs === null || updatedAtMs === atMs) return;
  const times = { at: new Date(updatedAtMs).toISOString(), expected: new Date(atMs).toISOString() };
  throw new SlipwayError("ServiceChanged", { name, ...times });
}
