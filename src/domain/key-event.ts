/** What happens to keys of KMS, as events of the services that use them. */
import { type EncryptionKey, type EncryptionKeyStatus, keyIdOf } from "./encryption-key.ts";
import type { EventSeverity, NewEvent } from "./event.ts";
import type { Service } from "./service.ts";

interface Warning {
  readonly what: string;
  readonly severity: EventSeverity;
  readonly says: (key: EncryptionKey) => string;
}

const UNREADABLE = "Until then the service cannot be deployed, and its logs are neither written nor read.";

/** Of an enabled key there is nothing to warn of. */
const WARNINGS: Readonly<Record<Exclude<EncryptionKeyStatus, "ENABLED">, Warning>> = {
  DISABLED: {
    what: "disabled",
    severity: "WARN",
    says: ({ arn }) => `is disabled. Enable it with \`slipway keys enable ${keyIdOf(arn)}\`. ${UNREADABLE}`,
  },
  PENDING_DELETION: {
    what: "deletion-scheduled",
    severity: "WARN",
    says: ({ arn, deleteAtMs }) =>
      `cannot be used any more and is deleted on ${new Date(deleteAtMs ?? 0).toISOString().slice(0, 10)}: the logs of the service are lost then. Keep it with \`slipway keys cancel-deletion ${keyIdOf(arn)}\`.`,
  },
  DELETED: {
    what: "deleted",
    severity: "ERROR",
    says: () => "is deleted: the logs of the service cannot be read again, and it cannot be deployed.",
  },
};

/** One for each of these services that uses the key. */
export function keyWarnings(
  services: readonly Service[],
  key: EncryptionKey,
  atMs: number,
): readonly NewEvent[] {
  if (key.status === "ENABLED") return [];
  const { what, severity, says } = WARNINGS[key.status];
  const message = `The encryption key ${keyIdOf(key.arn)} of the service ${says(key)}`;
  return services
    .filter(({ encryptionKeyArn }) => encryptionKeyArn === key.arn)
    .map(({ id, arn, name }) => ({
      atMs,
      detailType: "Slipway Key Warning",
      serviceId: id,
      resources: [arn, key.arn],
      severity,
      message,
      detail: { warning: what, serviceName: name, serviceId: id, keyArn: key.arn, message, severity },
    }));
}
