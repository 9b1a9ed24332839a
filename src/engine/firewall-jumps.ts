/** Where the jumps to our chains stand in the chains of others. Pure: reads `iptables -S`, writes for iptables-restore. */

export interface Jump {
  readonly parent: string;
  readonly bridge: string;
  readonly chain: string;
}

export function jumpRule({ bridge, chain }: Jump): string {
  return `-i ${bridge} -j ${chain}`;
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
  if (copies.length === 1 && ahead.every((each) => isForOtherInterface(each, jump.bridge))) return [];
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

/** A name that ends in `+` stands for many interfaces. */
function isForOtherInterface(rule: string, bridge: string): boolean {
  const name = /^-i (\S+) /.exec(rule)?.[1] ?? "+";
  return name !== bridge && !name.endsWith("+");
}
