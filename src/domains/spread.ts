/** Chance that can be repeated: the same text always gives the same fraction, so that a restart moves nothing. */

/** FNV-1a, 0 up to 1. */
export function fraction(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  // Texts that differ only at their end come out close to each other without this.
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

const SHARE = 0.15;

/** Up to 15 % earlier: what began together does not stay together. */
export function spread(durationMs: number, text: string): number {
  return Math.round(durationMs * (1 - SHARE * fraction(text)));
}
