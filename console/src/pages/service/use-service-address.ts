/** Where people call a service: at its default domain, or, of a private one, by the name of its VPC ingress connection. */
import { useMaySurely } from "../../api/permissions.ts";
import { useRead, useReadAll } from "../../api/queries.ts";
import { ingressPort } from "../../parts/ingress-port.ts";
import type { Service } from "./service-tab.ts";

export interface ServiceAddress {
  readonly isPublic: boolean;
  /** Null: it has no name that people could call. */
  readonly reached: { readonly host: string; readonly url: string } | null;
  readonly isReading: boolean;
}

const READ = { topics: ["resources"] } as const;

export function useServiceAddress(service: Service | undefined): ServiceAddress {
  const { data: info, isLoading } = useRead("Slipway.GetInfo", {});
  const isPublic = service?.NetworkConfiguration.IngressConfiguration?.IsPubliclyAccessible ?? true;
  const inside = useIngressName(service?.ServiceArn ?? "", !isPublic);
  if (service === undefined) return { isPublic, reached: null, isReading: true };
  const scheme = info?.ServiceScheme ?? "http";
  if (isPublic) return { isPublic, reached: at(scheme, service.ServiceUrl ?? ""), isReading: false };
  // Without the port it would lead elsewhere.
  if (isLoading || inside.isReading) return { isPublic, reached: null, isReading: true };
  const { name } = inside;
  return {
    isPublic,
    reached: name === null ? null : at(scheme, `${name}${ingressPort(info)}`),
    isReading: false,
  };
}

function at(scheme: string, host: string) {
  return { host, url: `${scheme}://${host}` };
}

/** A service has one connection at most. */
function useIngressName(ServiceArn: string, isPrivate: boolean) {
  const mayList = useMaySurely("apprunner:ListVpcIngressConnections", "*");
  const list = useReadAll(
    "AppRunner.ListVpcIngressConnections",
    { Filter: { ServiceArn } },
    "VpcIngressConnectionSummaryList",
    { ...READ, isEnabled: isPrivate && mayList },
  );
  const { VpcIngressConnectionArn = "" } = list.data?.[0] ?? {};
  const described = useRead(
    "AppRunner.DescribeVpcIngressConnection",
    { VpcIngressConnectionArn },
    { ...READ, isEnabled: VpcIngressConnectionArn !== "" },
  );
  const name = described.data?.VpcIngressConnection.DomainName ?? null;
  return { name, isReading: list.isLoading || described.isLoading };
}
