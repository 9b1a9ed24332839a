/** From what was seen to a record check: the verdict, and a sentence on what is wrong and what would be right. Pure. */
import type { RecordCheck } from "../../domain/record-check.ts";
import type { RecordWish } from "../../ports/domain-lookup.ts";
import type { ChainEnd, NameChain } from "./name-chain.ts";

type ValidationWish = Extract<RecordWish, { readonly purpose: "validation" }>;
type TrafficWish = Extract<RecordWish, { readonly purpose: "traffic" }>;

interface Seen {
  readonly chain: NameChain;
  /** For the beginning of a sentence, as in "The name servers of example.com". */
  readonly servers: string;
}

export function judgeValidation(wish: ValidationWish, { chain, servers }: Seen): RecordCheck {
  const check = {
    domainName: wish.domainName,
    purpose: wish.purpose,
    recordName: wish.recordName,
    type: "CNAME",
    expected: wish.target,
    seen: seenOf(chain),
  } as const;
  const verdict = verdictOf(chain);
  const remedy = `set CNAME ${wish.recordName} to ${wish.target}`;
  return {
    ...check,
    verdict,
    problem: problemOf(verdict, { chain, servers, name: wish.recordName, remedy }),
  };
}

interface TrafficSeen extends Seen {
  /** Addresses at which requests arrive here. */
  readonly ownAddresses: readonly string[];
  /** No CNAME can be at the name: a zone begins there. */
  readonly isZone: boolean;
}

export function judgeTraffic(wish: TrafficWish, seen: TrafficSeen): RecordCheck {
  const { chain, servers, ownAddresses, isZone } = seen;
  const foreign = foreignAddresses(chain.end, ownAddresses);
  const isRight = chain.end.kind === "target" || foreign?.length === 0;
  const verdict = isRight ? "right" : verdictOf(chain);
  const isByAddress = isZone || (isRight && chain.end.kind === "data");
  const expected = isByAddress && ownAddresses.length > 0 ? ownAddresses.join(", ") : wish.target;
  const name = wish.domainName;
  const remedy = isZone ? apexRemedy(name, wish.target, ownAddresses) : `set CNAME ${name} to ${wish.target}`;
  return {
    domainName: name,
    purpose: wish.purpose,
    recordName: name,
    type: isByAddress ? "A or AAAA" : "CNAME",
    expected,
    seen: seenOf(chain),
    verdict,
    problem: problemOf(verdict, { chain, servers, name, remedy, foreign }),
  };
}

/** Null when there are none at all. */
function foreignAddresses(end: ChainEnd, own: readonly string[]): readonly string[] | null {
  if (end.kind !== "data" || end.records.length === 0) return null;
  return end.records.map(({ value }) => value).filter((value) => !own.includes(value));
}

function apexRemedy(name: string, target: string, own: readonly string[]): string {
  const where = own.length > 0 ? own.join(", ") : `the addresses of ${target}`;
  return `set A or AAAA ${name} to ${where}, or an ALIAS to ${target} where the DNS provider has them (a CNAME cannot be at the top of a zone)`;
}

function seenOf({ aliases, end }: NameChain): readonly string[] {
  const led = aliases.map((alias) => `CNAME ${alias}`);
  if (end.kind === "data") return [...led, ...end.records.map(({ type, value }) => `${type} ${value}`)];
  if (end.kind === "missing") return [...led, "NXDOMAIN"];
  if (end.kind === "mixed") return [...led, ...end.seen];
  return end.kind === "failed" ? [...led, end.reason] : led;
}

function verdictOf({ aliases, end }: NameChain): RecordCheck["verdict"] {
  if (end.kind === "target") return "right";
  if (end.kind === "loop") return "loop";
  if (end.kind === "failed") return "unreachable";
  const isNothing = end.kind === "missing" || (end.kind === "data" && end.records.length === 0);
  return isNothing && aliases.length === 0 ? "missing" : "wrong";
}

interface Told extends Seen {
  readonly name: string;
  /** What to do, for the middle of a sentence. */
  readonly remedy: string;
  readonly foreign?: readonly string[] | null;
}

function problemOf(verdict: RecordCheck["verdict"], told: Told): string | null {
  if (verdict === "right") return null;
  const { chain, servers, name, remedy, foreign } = told;
  const seen = seenOf(chain).join(", ");
  if (verdict === "missing") return `${capital(remedy)}; there is no such record now.`;
  if (verdict === "loop") return `${name} leads in a circle or too far (${seen}): ${remedy}.`;
  if (verdict === "unreachable") return unanswered(told);
  if (chain.end.kind === "mixed") {
    return `${servers} do not agree on ${chain.end.name} yet (${seen}): wait until all have the record, or ${remedy}.`;
  }
  const isPartlyRight = foreign !== null && foreign !== undefined && foreign.length < recordsIn(chain.end);
  if (isPartlyRight)
    return `${capital(remedy)}, and take ${foreign.join(", ")} away: requests would go there, too.`;
  return `${capital(remedy)}; now it is ${seen || "something else"}.`;
}

function unanswered({ chain: { end }, servers, name, remedy }: Told): string {
  const [asked, reason] = end.kind === "failed" ? [end.name, end.reason] : [name, "timeout"];
  return `${servers} gave no answer for ${asked} (${reason}): mend that, and ${remedy} if it is not so.`;
}

function recordsIn(end: ChainEnd): number {
  return end.kind === "data" ? end.records.length : 0;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
