/**
 * Reads the whole chain and says where it does not hold. A record whose hash is wrong is told alone: the ones behind it are
 * checked against what stands there.
 */
import type { KeyObject } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { AuditLink, AuditProblem, AuditVerdict } from "../../ports/audit-trail.ts";
import { hashOf, readLink, type ReadLink } from "./chain-link.ts";
import { readSegment, type Segment } from "./segment-files.ts";

export interface ChainCheckRequest {
  readonly directory: string;
  readonly key: KeyObject;
  readonly segments: readonly Segment[];
  /** What the oldest record follows. */
  readonly before: AuditLink;
  /** The newest record that was written, as the writer knew when the check began. */
  readonly head: AuditLink;
  /** The same, when it ends. */
  readonly newestSequence: () => Promise<number>;
  readonly anchor: AuditLink | "forged" | null;
}

const PROBLEMS_MAX = 100;
/** Some milliseconds of work. */
const LINES_AT_ONCE = 1_000;

export async function checkChain(request: ChainCheckRequest): Promise<AuditVerdict> {
  const walk = new Walk(request);
  for (const segment of request.segments) await walk.through(segment);
  return walk.verdict(await request.newestSequence());
}

class Walk {
  readonly #request: ChainCheckRequest;
  readonly #problems: AuditProblem[] = [];
  #problemCount = 0;
  #recordCount = 0;
  #first: number | null = null;
  /** The highest that is newer than the head. */
  #beyond: { readonly sequence: number; readonly file: string } | null = null;
  #previous: AuditLink;

  constructor(request: ChainCheckRequest) {
    this.#request = request;
    this.#previous = request.before;
    if (request.anchor === "forged") {
      this.#tell({
        kind: "anchor",
        sequence: 0,
        file: "",
        detail: "What the database holds of the chain was changed.",
      });
    }
  }

  async through(segment: Segment): Promise<void> {
    const { directory } = this.#request;
    const bytes = await readSegment(directory, segment).catch(() => null);
    if (bytes === null) {
      const detail = "The file is packed and cannot be unpacked: it was changed.";
      this.#tell({ kind: "changed", sequence: segment.firstSequence, file: segment.name, detail });
      return;
    }
    let start = 0;
    for (let count = 1; start < bytes.length; count++) {
      const end = bytes.indexOf(10, start);
      if (end === -1) return;
      this.#check(bytes.toString("utf8", start, end), segment.name);
      start = end + 1;
      if (count % LINES_AT_ONCE === 0) await turn();
    }
  }

  verdict(newestSequence: number): AuditVerdict {
    const { head, anchor } = this.#request;
    if (this.#beyond !== null && this.#beyond.sequence > newestSequence) {
      const detail = `Record ${this.#beyond.sequence} was put in: the newest one is ${newestSequence}.`;
      this.#tell({ kind: "out of order", ...this.#beyond, detail });
    }
    if (this.#previous.sequence < head.sequence) this.#tellMissing(head.sequence, "");
    else if (this.#previous.sequence === head.sequence)
      this.#compare(head, "is not the one that was written last");
    return {
      recordCount: this.#recordCount,
      firstSequence: this.#first,
      head: this.#recordCount === 0 ? null : this.#previous,
      anchor: anchor === "forged" ? null : anchor,
      problemCount: this.#problemCount,
      problems: this.#problems,
    };
  }

  #check(line: string, file: string): void {
    const link = readLink(line);
    const { sequence } = this.#previous;
    if (link === null) {
      const detail = `The line behind record ${sequence} is none of ours.`;
      return this.#tell({ kind: "changed", sequence: sequence + 1, file, detail });
    }
    if (link.sequence > this.#request.head.sequence) {
      // Written since the check began, or put in: that shows at the end.
      if (link.sequence > (this.#beyond?.sequence ?? 0)) this.#beyond = { sequence: link.sequence, file };
      return;
    }
    this.#recordCount += 1;
    this.#first ??= link.sequence;
    if (link.sequence <= sequence) {
      const detail = `Record ${link.sequence} stands behind record ${sequence}: one of them was put in.`;
      return this.#tell({ kind: "out of order", sequence: link.sequence, file, detail });
    }
    if (link.sequence > sequence + 1) this.#tellMissing(link.sequence - 1, file);
    else if (hashOf(this.#request.key, this.#previous.hash, link) !== link.hash)
      this.#tellChanged(link, file);
    this.#previous = { sequence: link.sequence, hash: link.hash };
    const { anchor } = this.#request;
    if (anchor !== null && anchor !== "forged" && anchor.sequence === link.sequence) {
      this.#compare(anchor, "is not the one that the database knows");
    }
  }

  #compare({ sequence, hash }: AuditLink, what: string): void {
    if (hash === this.#previous.hash) return;
    this.#tell({ kind: "changed", sequence, file: "", detail: `Record ${sequence} ${what}.` });
  }

  #tellChanged({ sequence }: ReadLink, file: string): void {
    const detail = `Record ${sequence} was changed, or put in, or is not what followed record ${sequence - 1}.`;
    this.#tell({ kind: "changed", sequence, file, detail });
  }

  #tellMissing(last: number, file: string): void {
    const first = this.#previous.sequence + 1;
    const which = first === last ? `Record ${first} is` : `Records ${first} to ${last} are`;
    const where = file === "" ? `${which} missing at the end.` : `${which} missing.`;
    this.#tell({ kind: "missing", sequence: first, file, detail: where });
  }

  #tell(problem: AuditProblem): void {
    this.#problemCount += 1;
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
  }
}
