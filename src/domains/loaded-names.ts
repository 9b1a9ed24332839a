/**
 * Puts certificates at the edge, for the right names. One of the user's own serves those domains that use it, not all it
 * could; the edge does not tell for which names it has one, so after a start such a certificate is put there again.
 */
import { type Certificate, certificateKeyPurpose } from "../domain/certificate.ts";
import type { CertificateFacts } from "./certificate-choice.ts";
import type { DomainPorts } from "./domain-ports.ts";
import { KeyedTurns } from "./keyed-turns.ts";
import type { SubjectIndex } from "./subject-index.ts";

export class LoadedNames {
  readonly #ports: Pick<DomainPorts, "edge" | "store" | "vault">;
  readonly #index: SubjectIndex;
  readonly #turns = new KeyedTurns<string>();
  /** Certificate id → names it was put there for. */
  readonly #names = new Map<string, string>();

  constructor(ports: Pick<DomainPorts, "edge" | "store" | "vault">, index: SubjectIndex) {
    this.#ports = ports;
    this.#index = index;
  }

  isLoaded(certificate: CertificateFacts): boolean {
    if (this.#ports.edge.certificates().get(certificate.id) !== certificate.fingerprint) return false;
    if (certificate.origin !== "imported") return true;
    return this.#names.get(certificate.id) === this.#wishedNames(certificate).join();
  }

  /** Loads it, also when it is there already. */
  load(id: string, signal: AbortSignal): Promise<void> {
    return this.#turns.run(id, async () => {
      const certificate = await this.#ports.store.certificates.get(id);
      if (certificate === null) throw new Error(`certificate ${id} is not in the store`);
      const names = this.#wishedNames(certificate);
      await this.#ports.edge.setCertificate({ ...this.#opened(certificate), names }, signal);
      this.#names.set(id, names.join());
    });
  }

  unload(id: string, signal: AbortSignal): Promise<void> {
    return this.#turns.run(id, async () => {
      await this.#ports.edge.removeCertificate(id, signal);
      this.#names.delete(id);
    });
  }

  #opened({ id, chainPem, sealedKey }: Certificate) {
    return { id, chainPem, keyPem: this.#ports.vault.open(certificateKeyPurpose(id), sealedKey) };
  }

  #wishedNames({ id, origin, names }: CertificateFacts): readonly string[] {
    return origin === "imported" ? this.#index.namesUsing(id) : names;
  }
}
