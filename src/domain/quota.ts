/** How many of each an account may have. Source: AWS General Reference, "App Runner endpoints and quotas". */
import { SlipwayError } from "./error.ts";

export interface Quotas {
  readonly services: number;
  readonly connections: number;
  /** Ours. */
  readonly repositories: number;
  readonly autoScalingConfigurationNames: number;
  readonly autoScalingConfigurationRevisions: number;
  readonly observabilityConfigurationNames: number;
  readonly observabilityConfigurationRevisions: number;
  readonly vpcConnectors: number;
  readonly vpcIngressConnectionsPerService: number;
  readonly customDomainsPerService: number;
  readonly tagsPerResource: number;
  /** Ours, and with it what they may take on the disk. */
  readonly secrets: number;
  /** Keys of KMS. Ours: AWS's is 100,000. */
  readonly encryptionKeys: number;
  /** KMS's. */
  readonly aliasesPerKey: number;
  /** Parameter Store's for the standard tier. */
  readonly parameters: number;
}

export const defaultQuotas: Quotas = {
  services: 30,
  connections: 10,
  repositories: 50,
  autoScalingConfigurationNames: 10,
  autoScalingConfigurationRevisions: 5,
  observabilityConfigurationNames: 10,
  observabilityConfigurationRevisions: 10,
  vpcConnectors: 10,
  vpcIngressConnectionsPerService: 1,
  customDomainsPerService: 5,
  tagsPerResource: 50,
  secrets: 10_000,
  encryptionKeys: 1_000,
  aliasesPerKey: 50,
  parameters: 10_000,
};

/** Throws QuotaExceeded unless there is room for one more. `kind` is what people call it, in the plural. */
export function assertBelowQuota(count: number, limit: number, kind: string): void {
  if (count >= limit) throw new SlipwayError("QuotaReached", { limit, kind });
}
