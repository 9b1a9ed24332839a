/** The kinds of resource an ARN can name: how they are called, and where an ARN in a request must fit. */
import { type Arn, type AccountScope, parseArn, type ResourceType } from "../../domain/arn.ts";
import { SlipwayError } from "../../domain/error.ts";

export interface ResourceKind {
  readonly type: ResourceType;
  /** What people call it, in lower case where it is no name. */
  readonly label: string;
  /** The member that holds its ARN in requests. */
  readonly member: string;
}

export const serviceKind: ResourceKind = { type: "service", label: "service", member: "ServiceArn" };
export const connectionKind: ResourceKind = {
  type: "connection",
  label: "connection",
  member: "ConnectionArn",
};
export const autoScalingKind: ResourceKind = {
  type: "autoscalingconfiguration",
  label: "auto scaling configuration",
  member: "AutoScalingConfigurationArn",
};
export const observabilityKind: ResourceKind = {
  type: "observabilityconfiguration",
  label: "observability configuration",
  member: "ObservabilityConfigurationArn",
};
export const vpcConnectorKind: ResourceKind = {
  type: "vpcconnector",
  label: "VPC connector",
  member: "VpcConnectorArn",
};
export const vpcIngressKind: ResourceKind = {
  type: "vpcingressconnection",
  label: "VPC ingress connection",
  member: "VpcIngressConnectionArn",
};

/**
 * The parsed ARN of a resource of this kind in this account. Another kind is InvalidParameter; another account, another
 * region, or text that names nothing is NoSuchResource.
 */
export function parseResourceArn(text: string, kind: ResourceKind, scope: AccountScope): Arn {
  const arn = parseArn(text);
  if (arn === null) throw notFound(kind, text);
  if (arn.type !== kind.type) {
    throw new SlipwayError("InvalidParameter", {
      path: kind.member,
      problem: `must be the ARN of ${article(kind.label)} ${kind.label}: arn:aws:apprunner:<region>:<account>:${kind.type}/…`,
    });
  }
  if (arn.region !== scope.region || arn.account !== scope.account) throw notFound(kind, text);
  return arn;
}

function article(label: string): string {
  return /^[aeiou]/.test(label) ? "an" : "a";
}

export function notFound(kind: ResourceKind, arn: string): SlipwayError {
  return new SlipwayError("NoSuchResource", { kind: sentenceCase(kind.label), arn });
}

export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
