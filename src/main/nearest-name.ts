/** What was probably meant by a name that is not known. */

/** One with at most a third of its letters wrong, or null. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const ranked = names.map((name) => ({
    name,
    distance: editDistance(given.toLowerCase(), name.toLowerCase()),
  }));
  const [best] = ranked.toSorted((one, other) => one.distance - other.distance);
  return best !== undefined && best.distance <= best.name.length / 3 ? best.name : null;
}

/** Levenshtein's: letters to add, drop or change. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of from.split("").entries()) {
    const next = [line + 1];
    for (const [column, other] of to.split("").entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
