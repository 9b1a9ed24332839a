/** A DNS record that somebody has to set, as it is expected and as it was seen. */

export interface RecordCheck {
  /** Which of the domain's names it is for. */
  readonly domainName: string;
  /** What it is good for: to prove who owns the name, or to bring requests here. */
  readonly purpose: "validation" | "traffic";
  /** Owner name of the record, without a dot at the end. */
  readonly recordName: string;
  readonly type: "CNAME" | "A or AAAA";
  /** What should be there. */
  readonly expected: string;
  /** What the authoritative servers answered, for instance `CNAME shop.example.net` or `A 192.0.2.7`. */
  readonly seen: readonly string[];
  /** `needless`: it is not there, and nothing waits for it (the CA was convinced in another way). */
  readonly verdict: "right" | "missing" | "wrong" | "loop" | "unreachable" | "needless";
  /** What is wrong and what would be right, in one sentence; null when it is right. */
  readonly problem: string | null;
}
