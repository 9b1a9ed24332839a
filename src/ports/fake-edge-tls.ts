/** EdgeTls in memory. It outlives the control plane as the real one does; a test may make its acts fail. */
import { SlipwayError } from "../domain/error.ts";
import { isWildcard } from "../domain/custom-domain.ts";
import type { EdgeCertificate, EdgeTls, HandshakeResult, NameEntry } from "./edge-tls.ts";

export class FakeEdgeTls implements EdgeTls {
  readonly #names = new Map<string, NameEntry>();
  readonly #certificates = new Map<
    string,
    { readonly certificate: EdgeCertificate; readonly fingerprint: string }
  >();
  /** Token → what is answered. */
  readonly answers = new Map<string, string>();
  isRedirectOn: boolean | null = null;
  /** Every act fails with EdgeUnavailable. */
  isAway = false;
  /** What handshakes show whatever was loaded, until the certificate is loaded again. */
  stale: string | null = null;
  handshakeCount = 0;
  setCertificateCount = 0;
  readonly #fingerprintOf: (chainPem: string) => string;

  constructor(fingerprintOf: (chainPem: string) => string) {
    this.#fingerprintOf = fingerprintOf;
  }

  async setName(name: string, entry: NameEntry): Promise<void> {
    this.#answer();
    this.#names.set(name, entry);
  }

  async removeName(name: string): Promise<void> {
    this.#answer();
    this.#names.delete(name);
  }

  names(): ReadonlyMap<string, NameEntry> {
    return new Map(this.#names);
  }

  async setRedirect(isOn: boolean): Promise<void> {
    this.#answer();
    this.isRedirectOn = isOn;
  }

  isRedirecting(): boolean {
    return this.isRedirectOn === true;
  }

  async setCertificate(certificate: EdgeCertificate): Promise<void> {
    this.#answer();
    this.setCertificateCount++;
    this.stale = null;
    const fingerprint = this.#fingerprintOf(certificate.chainPem);
    const present = this.#certificates.get(certificate.id);
    const isSame =
      present?.fingerprint === fingerprint && present.certificate.names.join() === certificate.names.join();
    if (isSame) return;
    // The newest comes last.
    this.#certificates.delete(certificate.id);
    this.#certificates.set(certificate.id, { certificate, fingerprint });
  }

  async removeCertificate(id: string): Promise<void> {
    this.#answer();
    this.#certificates.delete(id);
  }

  certificates(): ReadonlyMap<string, string> {
    return new Map([...this.#certificates].map(([id, { fingerprint }]) => [id, fingerprint]));
  }

  async setChallenge(token: string, keyAuthorization: string): Promise<void> {
    this.#answer();
    this.answers.set(token, keyAuthorization);
  }

  async removeChallenge(token: string): Promise<void> {
    this.#answer();
    this.answers.delete(token);
  }

  challenges(): ReadonlySet<string> {
    return new Set(this.answers.keys());
  }

  async handshake(name: string): Promise<HandshakeResult> {
    this.handshakeCount++;
    if (this.isAway) return { isDone: false, problem: "connection refused" };
    const fingerprint = this.stale ?? this.shown(name);
    if (fingerprint === null) return { isDone: true, fingerprint: "default", protocol: "TLSv1.3" };
    return { isDone: true, fingerprint, protocol: "TLSv1.3" };
  }

  /** Fingerprint of what a client gets for this name; null: the default certificate. */
  shown(name: string): string | null {
    const wildcard = `*.${name.slice(name.indexOf(".") + 1)}`;
    return this.#newest(name) ?? (isWildcard(name) ? null : this.#newest(wildcard));
  }

  #newest(name: string): string | null {
    const all = [...this.#certificates.values()];
    return all.findLast(({ certificate }) => certificate.names.includes(name))?.fingerprint ?? null;
  }

  #answer(): void {
    if (this.isAway) throw new SlipwayError("EdgeUnavailable", { problem: "connection refused" });
  }
}
