/**
 * Which requests are told of, as HAProxy rules. None is, until a rule says so: all of a service that wants its access log
 * (`l` in the logging map), those that are traced (`t`), all of a service that is called seldom, and one in sixteen of others,
 * which then stands for sixteen.
 *
 * Counted in instructions (callgrind; a request without a line: 36,000): a line 3,900, `silent` 30, these rules and the
 * sample 1,500 for a request of a busy service in the mean, of them the look-up 490; a request that is logged 9,900 with all.
 */
import type { EdgeLayout } from "./layout.ts";

/** Requests in a second up to which all are told of. */
const ALL_UP_TO = 50;
export const SAMPLE_WEIGHT = 16;

const IS_BUSY = `{ be_sess_rate gt ${ALL_UP_TO} }`;

/** Ends the rules of a slot for most requests of busy services. */
export function renderUntold({ loggingMap }: EdgeLayout): string {
  return `  http-request set-var(txn.weight) int(${SAMPLE_WEIGHT}) if { rand(${SAMPLE_WEIGHT}) eq 0 }
  http-request allow if ${IS_BUSY} { be_conn_free gt 0 } !{ var(txn.weight) -m found } !{ be_name,map_str(${loggingMap}) -m found }
`;
}

/** `txn.told`, the letters for a key of the logging map, if any; and whether, and for how many, the request is told of. */
export function renderTelling(key: string, { loggingMap }: EdgeLayout): string {
  const draw =
    key === "be_name"
      ? ""
      : `  http-request set-var(txn.weight) int(${SAMPLE_WEIGHT}) if { rand(${SAMPLE_WEIGHT}) eq 0 }\n`;
  return `${draw}  http-request set-var(txn.told) ${key},map_str(${loggingMap})
  http-request set-var(txn.weight) int(1) if !${IS_BUSY} || { var(txn.told) -m beg l }
  http-request set-log-level info if { var(txn.weight) -m found }
`;
}
