/** What all servers of a zone say of a name and type, as one view: agreed, disagreed or unanswered. Pure. */
import type { DnsReply, RecordType } from "./dns-message.ts";

/** One server's answer, or why there is none. */
export type ServerAnswer =
  | { readonly server: string; readonly reply: DnsReply }
  | { readonly server: string; readonly silence: string };

export type NameView =
  /** `values` are of the type that was asked for; empty: the name is there, but not with this type. */
  | { readonly kind: "data"; readonly values: readonly string[] }
  | { readonly kind: "alias"; readonly target: string }
  | { readonly kind: "missing" }
  /** Each server with what it says. */
  | { readonly kind: "mixed"; readonly seen: readonly string[] }
  | { readonly kind: "failed"; readonly reason: string };

/** Servers that did not answer count only when none did: resolvers ask the next one, too. */
export function viewOf(name: string, type: RecordType, answers: readonly ServerAnswer[]): NameView {
  const each = answers.map((answer) => ({ server: answer.server, view: viewOfOne(name, type, answer) }));
  const heard = each.filter(({ view }) => view.kind !== "failed");
  const [first] = heard;
  if (first === undefined) return each[0]?.view ?? { kind: "failed", reason: "no name server was found" };
  if (new Set(heard.map(({ view }) => keyOf(view))).size > 1) {
    return { kind: "mixed", seen: heard.map(({ server, view }) => `${server}: ${describeView(type, view)}`) };
  }
  if (first.view.kind !== "data") return first.view;
  // Addresses may take turns from server to server.
  const values = heard.flatMap(({ view }) => (view.kind === "data" ? view.values : []));
  return { kind: "data", values: [...new Set(values)].toSorted() };
}

/** As a record check tells it. */
function describeView(type: RecordType, view: NameView): string {
  if (view.kind === "alias") return `CNAME ${view.target}`;
  if (view.kind === "data") return view.values.map((value) => `${type} ${value}`).join(", ") || `no ${type}`;
  return "NXDOMAIN";
}

function keyOf(view: NameView): string {
  if (view.kind === "alias") return `alias ${view.target}`;
  return view.kind === "data" ? `data ${view.values.length > 0}` : view.kind;
}

/** Only records of the name itself: what a server adds about where they lead is asked of those who know. */
function viewOfOne(name: string, type: RecordType, answer: ServerAnswer): NameView {
  if ("silence" in answer) return { kind: "failed", reason: answer.silence };
  const { status, answers } = answer.reply;
  const own = answers.filter((record) => record.name === name);
  const alias = own.find((record) => record.type === "CNAME");
  // The code of a recursive server's reply is about the end of the chain.
  if (alias !== undefined) return { kind: "alias", target: alias.value };
  if (status === "NXDOMAIN") return { kind: "missing" };
  if (status !== "NOERROR") return { kind: "failed", reason: status };
  return { kind: "data", values: own.filter((record) => record.type === type).map(({ value }) => value) };
}
