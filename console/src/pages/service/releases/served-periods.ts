/** Which releases were in traffic, one after the other, and how wide each is drawn. Pure. */
import type { Release } from "../made-from.ts";

export interface ServedPeriod {
  readonly number: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** It is in traffic now. */
  readonly isNow: boolean;
  /** Of the picture's width, in per cent. */
  readonly percent: number;
}

/** More cannot be told apart on a phone. */
const MOST_DRAWN = 30;
/** Of an even share: a release of a minute among those of weeks can still be pointed at. */
const LEAST_SHARE = 0.4;

/** The newest that served, oldest first. */
export function servedPeriods(releases: readonly Release[], nowMs: number): readonly ServedPeriod[] {
  const served = releases
    .flatMap(({ ReleaseNumber: number, ServedFrom: from, ServedUntil: until, Status: status }) =>
      from === undefined
        ? []
        : [
            {
              number,
              fromMs: from * 1_000,
              untilMs: Math.max(from * 1_000, until === undefined ? nowMs : until * 1_000),
              isNow: status === "active" && until === undefined,
            },
          ],
    )
    .sort((one, other) => one.number - other.number)
    .slice(-MOST_DRAWN);
  const lengthOf = ({ fromMs, untilMs }: Span) => untilMs - fromMs;
  const leastMs = Math.max(1, (LEAST_SHARE * sumOf(served, lengthOf)) / Math.max(1, served.length));
  const drawnLengthOf = (one: Span) => Math.max(leastMs, lengthOf(one));
  const drawnMs = sumOf(served, drawnLengthOf);
  return served.map((one) => Object.assign(one, { percent: (100 * drawnLengthOf(one)) / drawnMs }));
}

type Span = Pick<ServedPeriod, "fromMs" | "untilMs">;

function sumOf(spans: readonly Span[], lengthOf: (span: Span) => number): number {
  return spans.reduce((sum, span) => sum + lengthOf(span), 0);
}
