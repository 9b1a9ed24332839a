/**
 * What the heart needs from the data plane's internal listeners: names that lead to services there, and which service may call
 * which. Every change is on disk before the call returns. Implemented by the edge (`edge/`).
 */
export interface EdgeInternal {
  /** All names and connections there shall be; what is not among them is gone. */
  setInternal(wish: InternalWish, signal: AbortSignal): Promise<void>;
  /**
   * Whose instance has this address; null: nobody's that calls others. Said before each start of an instance, so that no
   * address keeps a right of whoever had it before. Free when it is so already.
   */
  setCaller(address: string, serviceId: string | null, signal: AbortSignal): Promise<void>;
  /** Which listeners there are now, and why one is not. */
  internalListeners(): readonly InternalListener[];
}

export interface InternalWish {
  /** Name → where it leads. */
  readonly names: ReadonlyMap<string, InternalName>;
  readonly connections: readonly Connected[];
}

export interface InternalName {
  /** The service's own host. */
  readonly host: string;
  /** Whether people reach it at the ingress listener; connected services do on the bridge, by every name. */
  readonly isIngress: boolean;
}

export interface Connected {
  /** 32 hex. */
  readonly callerId: string;
  /** Own host of the service that is called. */
  readonly host: string;
}

export interface InternalListener {
  readonly name: "bridge" | "ingress" | "ingress_tls";
  readonly address: string;
  readonly port: number;
  /** Null: it is there. */
  readonly problem: string | null;
}
