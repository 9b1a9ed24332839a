/**
 * Traces (W3C Trace Context, AWS's X-Amzn-Trace-Id), as HAProxy rules that only requests of traced services meet. A valid
 * `traceparent` is continued, else a valid X-Amzn-Trace-Id, else a trace begins here, sampled. What is not valid is replaced,
 * and `tracestate` without its parent removed.
 *
 * `txn.trace` is `<trace id>:<our span's id>:<parent's id, or nothing>` of a sampled request. Ids are made of UUIDs (version 4);
 * the first 8 digits of a new trace are its time, for X-Ray takes no others.
 */
export const IS_TRACED = "{ var(txn.told) -m end t }";
const PARENT = "[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}";
/** Version 00 has nothing more; later ones may; ff is none. */
const TRACEPARENT = `^(00-${PARENT}|(0[1-9a-f]|[1-9a-e][0-9a-f]|f[0-9a-e])-${PARENT}(-.*)?)$`;
const AMZN_ROOT = "(^|;) *Root=1-[0-9a-f]{8}-[0-9a-f]{24} *(;|$)";
const AMZN_PARENT = "(^|;) *Parent=[0-9a-f]{16} *(;|$)";
const DIGITS = "uuid(4),regsub(-,,g)";

export function renderTracing(): string {
  const continued = "{ var(txn.w3c) -m found }";
  const amzn = "{ var(txn.amzn) -m found }";
  const header = "req.hdr(x-amzn-trace-id)";
  return `  acl is_traced ${IS_TRACED.slice(2, -2)}
  http-request set-var(txn.w3c) req.hdr(traceparent) if is_traced { req.fhdr_cnt(traceparent) eq 1 } { req.fhdr(traceparent) -m reg '${TRACEPARENT}' } !{ req.fhdr(traceparent),field(2,-) -m str ${"0".repeat(32)} } !{ req.fhdr(traceparent),field(3,-) -m str ${"0".repeat(16)} }
  http-request set-var(txn.trace_id) var(txn.w3c),field(2,-) if is_traced ${continued}
  http-request set-var(txn.parent) var(txn.w3c),field(3,-) if is_traced ${continued}
  http-request set-var(txn.unsampled) bool(true) if is_traced ${continued} { var(txn.w3c),field(4,-) -m reg [02468ace]$ }
  http-request set-var(txn.amzn) ${header} if is_traced !${continued} { req.fhdr_cnt(x-amzn-trace-id) eq 1 } { req.fhdr(x-amzn-trace-id) -m reg '${AMZN_ROOT}' } !{ req.fhdr(x-amzn-trace-id) -m sub 1-00000000-${"0".repeat(24)} }
  http-request set-var(txn.trace_id) 'var(txn.amzn),regsub("^.*Root=1-([0-9a-f]{8})-([0-9a-f]{24}).*$","\\1\\2")' if is_traced ${amzn}
  http-request set-var(txn.parent) 'var(txn.amzn),regsub("^.*Parent=([0-9a-f]{16}).*$","\\1")' if is_traced ${amzn} { var(txn.amzn) -m reg '${AMZN_PARENT}' } !{ var(txn.amzn) -m sub Parent=${"0".repeat(16)} }
  http-request set-var(txn.unsampled) bool(true) if is_traced ${amzn} { var(txn.amzn) -m sub Sampled=0 }
  http-request set-var(txn.time) date(),bytes(4,4),hex,lower if is_traced !${continued} !${amzn}
  http-request set-var(txn.digits) ${DIGITS},bytes(0,24) if is_traced !${continued} !${amzn}
  http-request set-var(txn.trace_id) var(txn.time),concat(,txn.digits) if is_traced !${continued} !${amzn}
  http-request set-var(txn.span_id) ${DIGITS},bytes(16,16) if is_traced
  http-request del-header tracestate if is_traced !${continued}
  http-request set-var(txn.flags) str(01) if is_traced
  http-request set-var(txn.flags) str(00) if is_traced { var(txn.unsampled) -m found }
  http-request set-header traceparent 00-%[var(txn.trace_id)]-%[var(txn.span_id)]-%[var(txn.flags)] if is_traced
  http-request set-header X-Amzn-Trace-Id Root=1-%[var(txn.trace_id),bytes(0,8)]-%[var(txn.trace_id),bytes(8)];Parent=%[var(txn.span_id)];Sampled=%[var(txn.flags),bytes(1)] if is_traced
  http-request set-var(txn.trace) var(txn.trace_id),concat(:,txn.span_id),concat(:,txn.parent) if is_traced !{ var(txn.unsampled) -m found }
  http-request set-var(txn.weight) int(1) if { var(txn.trace) -m found }
  http-request set-log-level info if { var(txn.trace) -m found }
`;
}
