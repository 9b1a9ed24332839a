/** Where people call a service: at its default domain if it is public, and by the name of its VPC ingress connection if it has one. */
import { useRead } from "../../api/queries.ts";
import { ingressPort } from "../../parts/ingress-port.ts";
import { isPublic as isPublicIn } from "./exposure.ts";
import type { Service } from "./service-tab.ts";
import { useIngress } from "./use-ingress.ts";

export interface Place {
  readonly host: string;
  readonly url: string;
}

export interface ServiceAddress {
  readonly isPublic: boolean;
  /** The first that people could call; null: it has no such name. */
  readonly reached: Place | null;
  /** By the name of its VPC ingress connection. */
  readonly inside: Place | null;
  readonly isReading: boolean;
}

export function useServiceAddress(service: Service | undefined): ServiceAddress {
  const { data: info, isLoading } = useRead("Slipway.GetInfo", {});
  const isPublic = service === undefined || isPublicIn(service);
  const { ingress, isReading } = useIngress(service?.ServiceArn ?? "");
  if (service === undefined) return { isPublic, reached: null, inside: null, isReading: true };
  const scheme = info?.ServiceScheme ?? "http";
  const name = ingress?.DomainName ?? null;
  // Without the port it would lead elsewhere.
  const inside = name === null || isLoading ? null : at(scheme, `${name}${ingressPort(info)}`);
  if (isPublic) return { isPublic, reached: at(scheme, service.ServiceUrl ?? ""), inside, isReading: false };
  return { isPublic, reached: inside, inside, isReading: isLoading || isReading };
}

function at(scheme: string, host: string): Place {
  return { host, url: `${scheme}://${host}` };
}
