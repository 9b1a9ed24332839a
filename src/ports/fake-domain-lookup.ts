/** DomainLookup over records that a test sets. */
import type { RecordCheck } from "../domain/record-check.ts";
import type { DomainLookup, RecordWish } from "./domain-lookup.ts";

export class FakeDomainLookup implements DomainLookup {
  /** Names that lead here: the world reaches our answers under them. */
  readonly leadHere = new Set<string>();
  /** Record name → where its CNAME leads. */
  readonly delegations = new Map<string, string>();
  /** A firewall lets nobody in on port 80. */
  isHttpBlocked = false;
  /** DNS servers do not answer. */
  isAway = false;
  /** Names whose records were looked at, once for each look. */
  readonly checked: string[] = [];
  readonly #challenges: ReadonlyMap<string, string>;

  /** `challenges`: what the edge answers, token → text. */
  constructor(challenges: ReadonlyMap<string, string>) {
    this.#challenges = challenges;
  }

  async check(wishes: readonly RecordWish[]): Promise<readonly RecordCheck[]> {
    this.checked.push(...new Set(wishes.map(({ domainName }) => domainName)));
    return wishes.map((wish) => this.#judge(wish));
  }

  async fetchProblem({
    name,
    path,
    expected,
  }: {
    readonly name: string;
    readonly path: string;
    readonly expected: string;
  }): Promise<string | null> {
    if (this.isAway || this.isHttpBlocked || !this.leadHere.has(name))
      return `http://${name} is not reached.`;
    return this.#challenges.get(path.split("/").at(-1) ?? "") === expected
      ? null
      : "Another answer was seen.";
  }

  #judge(wish: RecordWish): RecordCheck {
    const isValidation = wish.purpose === "validation";
    const recordName = isValidation ? wish.recordName : wish.domainName;
    const isRight = isValidation
      ? this.delegations.get(recordName) === wish.target
      : this.leadHere.has(wish.domainName);
    const { verdict, problem } = this.#verdict(isRight, recordName, wish.target);
    return {
      domainName: wish.domainName,
      purpose: wish.purpose,
      recordName,
      type: isValidation ? "CNAME" : "A or AAAA",
      expected: wish.target,
      seen: isRight ? [`CNAME ${wish.target}`] : [],
      verdict,
      problem,
    };
  }

  #verdict(isRight: boolean, name: string, target: string): Pick<RecordCheck, "verdict" | "problem"> {
    if (this.isAway) return { verdict: "unreachable", problem: `The servers of ${name} do not answer.` };
    if (isRight) return { verdict: "right", problem: null };
    return { verdict: "missing", problem: `${name} does not lead to ${target}.` };
  }
}
