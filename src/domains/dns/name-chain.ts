/** Follows a name from CNAME to CNAME, to the name that is looked for or to the end. */
import type { RecordType } from "./dns-message.ts";
import type { NameView } from "./name-view.ts";

export interface NameChain {
  /** Names that CNAMEs led to, in order. */
  readonly aliases: readonly string[];
  readonly end: ChainEnd;
}

export type ChainEnd =
  /** The name that was looked for. */
  | { readonly kind: "target" }
  /** `name` is the last one; `records` as in `A 192.0.2.1`; empty: the name is there, with nothing of these types. */
  | { readonly kind: "data"; readonly name: string; readonly records: readonly ChainRecord[] }
  | { readonly kind: "missing"; readonly name: string }
  | { readonly kind: "loop" }
  | { readonly kind: "mixed"; readonly name: string; readonly seen: readonly string[] }
  | { readonly kind: "failed"; readonly name: string; readonly reason: string };

interface ChainRecord {
  readonly type: RecordType;
  readonly value: string;
}

/** As many as certificate authorities follow, or more. */
const ALIASES_MAX = 10;

interface Following {
  readonly start: string;
  /** Null: to the end. */
  readonly target: string | null;
  /** Asked of each name together. */
  readonly types: readonly RecordType[];
  readonly look: (name: string, type: RecordType) => Promise<NameView>;
}

export async function followChain({ start, target, types, look }: Following): Promise<NameChain> {
  const aliases: string[] = [];
  for (let name = start; ;) {
    const views = await Promise.all(types.map((type) => look(name, type)));
    const step = await behindFailure(stepOf(name, types, views), { name, types, look });
    if (step.kind !== "alias") return { aliases, end: step };
    aliases.push(step.target);
    if (step.target === target) return { aliases, end: { kind: "target" } };
    const isSeen = step.target === start || aliases.indexOf(step.target) < aliases.length - 1;
    if (isSeen || aliases.length >= ALIASES_MAX) return { aliases, end: { kind: "loop" } };
    name = step.target;
  }
}

/** A resolver's failure may be about the end of the chain, a loop for one: it still knows where the name itself leads. */
async function behindFailure(
  step: Step,
  { name, types, look }: Pick<Following, "types" | "look"> & { readonly name: string },
): Promise<Step> {
  if (step.kind !== "failed" || step.reason !== "SERVFAIL" || types.includes("CNAME")) return step;
  const view = await look(name, "CNAME");
  return view.kind === "alias" ? view : step;
}

type Step = ChainEnd | { readonly kind: "alias"; readonly target: string };

/** An alias or a failure for one type counts for all. */
function stepOf(name: string, types: readonly RecordType[], views: readonly NameView[]): Step {
  const alias = views.find((view) => view.kind === "alias");
  const odd = alias ?? views.find((view) => view.kind === "mixed");
  if (odd !== undefined) return odd.kind === "mixed" ? { ...odd, name } : odd;
  const records = views.flatMap((view, index) =>
    view.kind === "data" ? view.values.map((value) => ({ type: types[index] ?? "A", value })) : [],
  );
  if (records.length > 0) return { kind: "data", name, records };
  const failed = views.find((view) => view.kind === "failed");
  if (failed !== undefined) return { ...failed, name };
  return views.every((view) => view.kind === "missing")
    ? { kind: "missing", name }
    : { kind: "data", name, records };
}
