/**
 * What the heart needs from the data plane for TLS: certificates, further names of services, answers to challenges, and
 * a look at what a client really gets. Every change survives a crash of proxy or control plane: it is on disk before the
 * call returns. All acts are idempotent. Implemented by the edge (`edge/`).
 */
export interface EdgeTls {
  /**
   * Lets a name lead where a service's own host leads, over TLS and (unless it redirects) without. `*.example.com` stands
   * for all names one level below that have no entry of their own. The name may be the service's own host, to say how it is
   * to be treated. One atomic act, also when the name had another entry.
   */
  setName(name: string, entry: NameEntry, signal: AbortSignal): Promise<void>;
  /** The name answers 404 (421 on TLS) from now on, or as a service's own host does. */
  removeName(name: string, signal: AbortSignal): Promise<void>;
  /** All of them, as they are on disk. */
  names(): ReadonlyMap<string, NameEntry>;

  /** Whether plain HTTP to services' own hosts is redirected, unless their entry says otherwise. */
  setRedirect(isOn: boolean, signal: AbortSignal): Promise<void>;
  /** As it is on disk; false before `prepare`. */
  isRedirecting(): boolean;

  /** Adds or replaces a certificate; new handshakes of its names get it. Throws InvalidParameter when it cannot be used. */
  setCertificate(certificate: EdgeCertificate, signal: AbortSignal): Promise<void>;
  removeCertificate(id: string, signal: AbortSignal): Promise<void>;
  /** Certificate id → SHA-256 fingerprint (lower-case hex), as on disk and loaded. */
  certificates(): ReadonlyMap<string, string>;

  /**
   * Answers `/.well-known/acme-challenge/<token>` with this text, whatever the host, without TLS. Throws InvalidParameter
   * for a token of fewer than 22 letters, which no authority sends.
   */
  setChallenge(token: string, keyAuthorization: string, signal: AbortSignal): Promise<void>;
  removeChallenge(token: string, signal: AbortSignal): Promise<void>;
  /** Tokens that are answered, as they are on disk. */
  challenges(): ReadonlySet<string>;

  /** A real TLS handshake with our own listener, for this name. Never throws but on abort. */
  handshake(name: string, signal: AbortSignal): Promise<HandshakeResult>;
}

export interface NameEntry {
  /** The service's own host. */
  readonly host: string;
  /** What plain HTTP gets: a 301 to HTTPS, or the service. */
  readonly onHttp: "redirect" | "serve";
  /** Strict-Transport-Security of this many seconds on TLS; null: none. */
  readonly hstsMaxAgeS: number | null;
}

export interface EdgeCertificate {
  /** 32 hex. */
  readonly id: string;
  /** Which names get it; a wildcard stands for one level. Two certificates for a name: the newer one. */
  readonly names: readonly string[];
  readonly chainPem: string;
  readonly keyPem: string;
}

export type HandshakeResult =
  | {
      readonly isDone: true;
      /** SHA-256 of the certificate that was shown, lower-case hex. */
      readonly fingerprint: string;
      readonly protocol: string;
    }
  | { readonly isDone: false; readonly problem: string };
