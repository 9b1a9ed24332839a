/** All certificates of the edge but the default one: first on disk, then in the running HAProxy. Callers keep changes in order. */
import { isSlipwayError, SlipwayError } from "../domain/error.ts";
import type { EdgeCertificate } from "../ports/edge-tls.ts";
import { convergeCertificates } from "./certificate-convergence.ts";
import { type CertificateFile, certificateFile } from "./certificate-file.ts";
import { CertificateFiles } from "./certificate-files.ts";
import type { EdgeLog } from "./desired-state.ts";
import type { EdgeLayout } from "./layout.ts";

export class CertificateSet {
  readonly #layout: EdgeLayout;
  readonly #files: CertificateFiles;

  constructor(layout: EdgeLayout, log: EdgeLog) {
    this.#layout = layout;
    this.#files = new CertificateFiles(layout, log);
  }

  /** Before HAProxy starts. */
  async reconcile(): Promise<void> {
    await this.#files.reconcile();
  }

  /**
   * Starts HAProxy, and again without the certificates that it names as the reason why it does not start: after an upgrade
   * of OpenSSL that may be many. A start fails after 15 s, a check in one, so the second one is found by checking.
   */
  async startWithoutRefused<Result>(how: {
    readonly start: () => Promise<Result>;
    readonly check: () => Promise<void>;
  }): Promise<Result> {
    for (let isAgain = false; ; isAgain = true) {
      try {
        if (isAgain) await how.check();
        return await how.start();
      } catch (error) {
        const id = this.#refusedBy(error);
        if (id === null) throw error;
        await this.#files.giveUp(id, "keeps HAProxy from starting");
      }
    }
  }

  #refusedBy(error: unknown): string | null {
    const problem = isSlipwayError(error, "EdgeUnavailable") ? error.message : "";
    const files = [...this.#files.all.values()];
    return files.find(({ fileName }) => problem.includes(`/${fileName}'`))?.id ?? null;
  }

  async converge(signal: AbortSignal): Promise<void> {
    await convergeCertificates({ layout: this.#layout, files: this.#files }, signal);
  }

  fingerprints(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.#files.all.values(), ({ id, fingerprint }) => [id, fingerprint]));
  }

  /** Throws InvalidParameter before anything is touched, or after all is as it was. */
  async set(certificate: EdgeCertificate, signal: AbortSignal): Promise<void> {
    const file = certificateFile(certificate, this.#files.nextRank());
    if (this.#hasSame(file)) return this.converge(signal);
    const before = await this.#files.read(file.id);
    await this.#files.set(file);
    await this.converge(signal);
    if (this.#files.all.get(file.id)?.fileName === file.fileName) return;
    if (before !== null) await this.#files.set(before);
    await this.converge(signal);
    throw new SlipwayError("InvalidParameter", { path: "EdgeCertificate", problem: "is refused by HAProxy" });
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.#files.remove(id);
    await this.converge(signal);
  }

  #hasSame({ id, fileName, names }: CertificateFile): boolean {
    const known = this.#files.all.get(id);
    return known?.fileName === fileName && known.names.join(" ") === names.join(" ");
  }
}
