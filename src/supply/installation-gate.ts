/** The installation's gate: first the signature, then what is in the image, then whoever reports on images. */
import type { BillsOfMaterials } from "../ports/bill-of-materials.ts";
import type { Admission, ReleaseCandidate, ReleaseGate } from "../ports/release-gate.ts";
import { askForReport, type ReportSettings } from "./image-report.ts";
import { checkSignature, nameOf, type SignatureKeys } from "./signature-check.ts";

export interface GateSettings {
  readonly keys: SignatureKeys;
  readonly bills: BillsOfMaterials;
  /** Null: nobody is asked. */
  readonly report: ReportSettings | null;
  /** Told of an image that could not be read. */
  readonly tell: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

export class InstallationGate implements ReleaseGate {
  readonly #settings: GateSettings;

  constructor(settings: GateSettings) {
    this.#settings = settings;
  }

  async admit(candidate: ReleaseCandidate, signal: AbortSignal): Promise<Admission> {
    const { keys, report } = this.#settings;
    const { before } = candidate;
    const admission = await checkSignature(candidate, keys, signal);
    if (before !== null) {
      return { ...admission, ...(before.imageCheck !== undefined && { imageCheck: before.imageCheck }) };
    }
    const bill = await this.#billOf(candidate, signal);
    if (report === null) return { ...admission, imageCheck: { result: "not-asked" } };
    const result = await askForReport({ candidate, bill }, report, signal);
    return { ...admission, imageCheck: { result, checkedAtMs: keys.now() } };
  }

  /** Kept from now on. It is for knowing, not for keeping out: without one a release is made all the same. */
  async #billOf(candidate: ReleaseCandidate, signal: AbortSignal): Promise<string | null> {
    try {
      return await this.#settings.bills.of({ imageId: candidate.imageId, name: nameOf(candidate) }, signal);
    } catch (error) {
      signal.throwIfAborted();
      const problem = error instanceof Error ? error.message : String(error);
      this.#settings.tell("bill-of-materials-not-made", { service: candidate.serviceName, problem });
      return null;
    }
  }
}
