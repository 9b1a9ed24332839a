/** Texts in order, and numbers as text, without a locale: the first use of one brings 3 to 8 MiB of tables into memory. */

/** By code units; for `sort`. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** A whole number in groups of three digits. */
export function grouped(whole: number): string {
  return String(whole).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}
