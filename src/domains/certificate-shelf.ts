/** What is decided by of all certificates, in memory: the store has them whole. Read at the start, kept with each change. */
import type { Certificate } from "../domain/certificate.ts";
import type { Store } from "../ports/store.ts";
import type { CertificateFacts } from "./certificate-choice.ts";

export class CertificateShelf {
  readonly #byId = new Map<string, CertificateFacts>();
  readonly #idsByName = new Map<string, Set<string>>();

  async load(store: Pick<Store, "certificates">): Promise<void> {
    this.#byId.clear();
    this.#idsByName.clear();
    for (const certificate of await store.certificates.listAll()) this.put(certificate);
  }

  put({ chainPem: _chain, sealedKey: _key, ...facts }: Certificate): void {
    this.remove(facts.id);
    this.#byId.set(facts.id, facts);
    for (const name of facts.names) {
      const ids = this.#idsByName.get(name) ?? new Set();
      this.#idsByName.set(name, ids.add(facts.id));
    }
  }

  remove(id: string): void {
    for (const name of this.#byId.get(id)?.names ?? []) {
      const ids = this.#idsByName.get(name);
      ids?.delete(id);
      if (ids?.size === 0) this.#idsByName.delete(name);
    }
    this.#byId.delete(id);
  }

  get(id: string): CertificateFacts | null {
    return this.#byId.get(id) ?? null;
  }

  all(): Iterable<CertificateFacts> {
    return this.#byId.values();
  }

  /** All that could cover this name, and others. */
  *about(name: string): Iterable<CertificateFacts> {
    const wildcard = `*.${name.slice(name.indexOf(".") + 1)}`;
    for (const key of new Set([name, wildcard])) {
      for (const id of this.#idsByName.get(key) ?? []) {
        const facts = this.#byId.get(id);
        if (facts !== undefined) yield facts;
      }
    }
  }
}
