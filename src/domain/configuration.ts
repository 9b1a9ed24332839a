/** Configuration resources: small records that services point to. All but connections are immutable revisions. */

/** The default auto scaling configuration every account has; its ARN ends in this id. [App Runner] */
export const DEFAULT_CONFIGURATION_NAME = "DefaultConfiguration";
export const DEFAULT_CONFIGURATION_ID = "00000000000000000000000000000001";

export interface Revision {
  readonly arn: string;
  readonly name: string;
  readonly revision: number;
  /** The newest active revision of its name. */
  readonly isLatest: boolean;
  readonly isActive: boolean;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | null;
}

export interface AutoScalingConfiguration extends Revision {
  readonly maxConcurrency: number;
  readonly minSize: number;
  readonly maxSize: number;
  /** Used by services created without one. Exactly one per account. */
  readonly isDefault: boolean;
}

export interface ObservabilityConfiguration extends Revision {
  /** Null: no tracing. */
  readonly traceVendor: "AWSXRAY" | null;
}

export interface VpcConnector extends Revision {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** App Runner's two, and ours. GIT: a host that is known only by its address. */
export const PROVIDER_TYPES = ["GITHUB", "BITBUCKET", "GITLAB", "GITEA", "GIT"] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

export interface Connection {
  readonly arn: string;
  readonly name: string;
  readonly providerType: ProviderType;
  readonly status: "PENDING_HANDSHAKE" | "AVAILABLE" | "ERROR" | "DELETED";
  readonly createdAtMs: number;
  /** The provider's address, once the handshake named it: `https://github.com`, `ssh://git.example.com:22`. */
  readonly serverUrl?: string;
  /** A `ConnectionCredential` as JSON, sealed for the purpose `connection <arn>`. Present when AVAILABLE. */
  readonly sealedCredential?: string;
  /** ERROR: why, one sentence. AVAILABLE: what could not be checked, or should be known. */
  readonly problem?: string;
}

export interface VpcIngressConnection {
  readonly arn: string;
  readonly name: string;
  readonly serviceArn: string;
  readonly status:
    | "PENDING_CREATION"
    | "AVAILABLE"
    | "FAILED_CREATION"
    | "PENDING_UPDATE"
    | "FAILED_UPDATE"
    | "PENDING_DELETION"
    | "FAILED_DELETION"
    | "DELETED";
  readonly domainName: string;
  readonly vpcId: string;
  readonly vpcEndpointId: string;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | null;
}
