/**
 * The edge's configuration with one part left out: what a part costs is what is saved without it. Pure: text in and out.
 * A part that the configuration no longer has gives the same text back.
 */
export interface Variant {
  readonly name: string;
  readonly change: (config: string) => string;
}

export const VARIANTS: readonly Variant[] = [
  { name: "all", change: (config) => config },
  without("log", /^ {2}(log|log-format) .*\n/gm),
  without(
    "telling",
    /^ {2}http-request (allow if !\{ rand|set-var\(txn\.(told|weight)\)|set-log-level info).*\n/gm,
  ),
  without("request id", /^ {2}unique-id-.*\n|\\t%ID/gm),
  without(
    "guards",
    /^ {2}http-request (deny .*(TRACE|upgrade|@)|allow unless .*upgrade|set-header Connection).*\n/gm,
  ),
  without("deleted headers", /^ {2}http-request del-header .*\n/gm),
  without("forwarded headers", /^ {2}http-request (add|set)-header X-Forwarded-.*\n/gm),
  without(
    "429 and 503",
    /^ {2}http-(request allow if \{ be_conn_free|request return status (429|503)|request set-var\(txn\.queue|response|after-response) .*\n/gm,
  ),
  without("hand-over", /^ {2}use_backend handover .*\n/gm),
  without("no-delay", /^ {2}option http-no-delay\n/gm),
  without("idle-close", /^ {2}option idle-close-on-response\n/gm),
  without("abortonclose", /^ {2}option abortonclose\n/gm),
  without("retries", /^ {2}(option redispatch|retries .*)\n/gm),
  without("own error pages", /^ {2}http-error .*\n/gm),
];

function without(name: string, part: RegExp): Variant {
  return { name: `without ${name}`, change: (config) => config.replace(part, "") };
}
