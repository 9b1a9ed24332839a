/**
 * Which requests are told of, as HAProxy rules. None is, until a rule says so: all of a service that wants its access log
 * (`l` in the logging map), those that are traced (`t`), all of a service that is called seldom, and one in 32 of others,
 * which then stands for 32.
 *
 * Counted in instructions (callgrind; a request without a line: 36,000): a line 3,900, `silent` 30. A request of a busy service
 * that is not logged pays 900 in the mean: the look-up 440, the draw and the rate 240 each; one that is logged 11,200 with all.
 */
import type { EdgeLayout } from "./layout.ts";

/** Requests in a second up to which all are told of. */
const ALL_UP_TO = 100;
const SAMPLE_WEIGHT = 32;

const IS_BUSY = `{ be_sess_rate gt ${ALL_UP_TO} }`;
const HAS_PLACE = "{ be_conn_free gt 0 }";
const IS_DRAWN = `{ rand(${SAMPLE_WEIGHT}) eq 0 }`;

/**
 * In a slot, most requests of busy services end with the first rule. Of those that have a place and are in no map only the
 * drawn ones come further; the others have not been drawn yet.
 */
export function renderSlotTelling({ loggingMap }: EdgeLayout): string {
  const letters = `be_name,map_str(${loggingMap})`;
  return `  http-request allow if !${IS_DRAWN} ${IS_BUSY} ${HAS_PLACE} !{ ${letters} -m found }
${renderLetters(letters, `${HAS_PLACE} !{ var(txn.told) -m found } || ${IS_DRAWN}`)}`;
}

/** Where a request ends without a slot. */
export function renderTelling({ loggingMap }: EdgeLayout): string {
  return renderLetters(`var(txn.host),map_str(${loggingMap})`, IS_DRAWN);
}

/** `txn.told`, the letters, if any; and whether, and for how many, the request is told of. */
function renderLetters(letters: string, isDrawn: string): string {
  return `  http-request set-var(txn.told) ${letters}
  http-request set-var(txn.weight) int(${SAMPLE_WEIGHT}) if ${isDrawn}
  http-request set-var(txn.weight) int(1) if !${IS_BUSY} || { var(txn.told) -m beg l }
  http-request set-log-level info if { var(txn.weight) -m found }
`;
}
