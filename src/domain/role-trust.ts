/** Whom a service's role must trust, as in App Runner: instances take the one, pulling images the other. */
import { compilePolicy } from "./policy/compiled-policy.ts";
import { evaluateTrust } from "./policy/evaluate.ts";
import type { ServiceConfiguration } from "./service.ts";

export type ServiceRoleKind = "instance" | "access";

export const trustedService: Readonly<Record<ServiceRoleKind, string>> = {
  instance: "tasks.apprunner.amazonaws.com",
  access: "build.apprunner.amazonaws.com",
};

export function roleArnOf(kind: ServiceRoleKind, configuration: ServiceConfiguration): string | undefined {
  return kind === "instance" ? configuration.instance.instanceRoleArn : configuration.accessRoleArn;
}

/** In whose name App Runner's part asks, for conditions on `aws:SourceAccount` and `aws:SourceArn`. */
export interface TrustSource {
  readonly account: string;
  /** Of the service; before it has one, what it will begin with. */
  readonly serviceArn: string;
}

/** Whether the trust policy (checked JSON text) lets the service of this kind of role assume it. */
export function trustsService(
  trustPolicy: string,
  kind: ServiceRoleKind,
  { account, serviceArn }: TrustSource,
): boolean {
  const context = new Map([
    ["aws:sourceaccount", [account]],
    ["aws:sourcearn", [serviceArn]],
    ["aws:principalisawsservice", ["true"]],
  ]);
  const caller = { type: "Service", value: trustedService[kind] } as const;
  const statements = compilePolicy(trustPolicy, "trust");
  return evaluateTrust(statements, { action: "sts:AssumeRole", context, caller }) === "named";
}
