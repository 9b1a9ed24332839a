/** Where the jumps to our chains stand in the chains of others. Pure: reads `iptables -S`, writes for iptables-restore. */

export interface Jump {
  readonly parent: string;
  /** Of packets that come from it. A name that ends in `+` stands for all that begin so. */
  readonly bridge: string;
  readonly chain: string;
  /** Of packets that leave through it instead. */
  readonly isOutward?: true;
}

export function jumpRule({ bridge, chain, isOutward }: Jump): string {
  return `${isOutward === true ? "-o" : "-i"} ${bridge} -j ${chain}`;
}

/**
 * What moves the jump in front of every rule that could let its packets pass before it; nothing when it stands there.
 * Rules for other interfaces alone may stay ahead: else two installations on one host would push each other aside for ever.
 */
export function linesToStandFirst(jump: Jump, listing: string): readonly string[] {
  const rule = jumpRule(jump);
  const rules = rulesOf(jump.parent, listing);
  const copies = rules.filter((each) => each === rule);
  const ahead = rules.slice(0, rules.indexOf(rule));
  if (copies.length === 1 && ahead.every((each) => mayStayAhead(each, jump))) return [];
  return [...copies.map((copy) => `-D ${jump.parent} ${copy}`), `-I ${jump.parent} 1 ${rule}`];
}

/** What takes every copy of the jump away. */
export function linesToRemove(jump: Jump, listing: string): readonly string[] {
  const copies = rulesOf(jump.parent, listing).filter((each) => each === jumpRule(jump));
  return copies.map((copy) => `-D ${jump.parent} ${copy}`);
}

function rulesOf(parent: string, listing: string): readonly string[] {
  const prefix = `-A ${parent} `;
  const lines = listing.split("\n").filter((line) => line.startsWith(prefix));
  return lines.map((line) => line.slice(prefix.length).trim());
}

/** Outward jumps only let answers pass: whatever says first where packets may come from goes before them. */
function mayStayAhead(rule: string, { bridge, isOutward }: Jump): boolean {
  const [, side = "", name = "+"] = /^(-[io]) (\S+) /.exec(rule) ?? [];
  if (isOutward === true) return side === "-i" || (side === "-o" && !canBeSame(name, bridge));
  return side === "-i" && !canBeSame(name, bridge);
}

/** Whether an interface can bear both names. */
function canBeSame(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

function covers(pattern: string, name: string): boolean {
  return pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
