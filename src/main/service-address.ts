/** How services are called from outside: the scheme they want, and their URL as App Runner tells it, without one. */
import type { EdgeTls } from "../ports/edge-tls.ts";
import type { Settings } from "./settings.ts";

type Scheme = "http" | "https";
type Ports = Pick<Settings, "edgePort" | "edgeHttpsPort">;

const USUAL_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

export class ServiceAddress {
  readonly #ports: Ports;
  readonly #edge: Pick<EdgeTls, "isRedirecting">;

  constructor(ports: Ports, edge: Pick<EdgeTls, "isRedirecting">) {
    this.#ports = ports;
    this.#edge = edge;
  }

  /** Where plain HTTP is only good for a redirect, nobody is told to use it. */
  scheme(): Scheme {
    return this.#edge.isRedirecting() ? "https" : "http";
  }

  /** With the port when it is not the scheme's own. */
  of(host: string): string {
    const scheme = this.scheme();
    const port = scheme === "https" ? this.#ports.edgeHttpsPort : this.#ports.edgePort;
    return port === USUAL_PORTS[scheme] ? host : `${host}:${port}`;
  }
}
