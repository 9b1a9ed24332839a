/** The VPC ingress connection of a service: it has one at most, and keeps it while it is public. */
import { useMaySurely } from "../../api/permissions.ts";
import { useRead, useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";

export type Ingress = Output<"AppRunner.DescribeVpcIngressConnection">["VpcIngressConnection"];

const READ = { topics: ["resources"] } as const;

export interface FoundIngress {
  /** Null: there is none, or one may not see it. */
  readonly ingress: Ingress | null;
  readonly isReading: boolean;
}

export function useIngress(serviceArn: string): FoundIngress {
  const mayList = useMaySurely("apprunner:ListVpcIngressConnections", "*");
  const list = useReadAll(
    "AppRunner.ListVpcIngressConnections",
    { Filter: { ServiceArn: serviceArn } },
    "VpcIngressConnectionSummaryList",
    { ...READ, isEnabled: serviceArn !== "" && mayList },
  );
  const { VpcIngressConnectionArn = "" } = list.data?.[0] ?? {};
  const described = useRead(
    "AppRunner.DescribeVpcIngressConnection",
    { VpcIngressConnectionArn },
    { ...READ, isEnabled: VpcIngressConnectionArn !== "" },
  );
  const ingress = VpcIngressConnectionArn === "" ? null : (described.data?.VpcIngressConnection ?? null);
  return { ingress, isReading: list.isLoading || described.isLoading };
}
