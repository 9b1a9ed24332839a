/** What somebody may have meant who mistyped a word. */

/** One with at most a third of its letters wrong, or null. */
export function nearestWord(given: string, words: readonly string[]): string | null {
  const [best] = words
    .map((word) => ({ word, distance: distance(given.toLowerCase(), word) }))
    .toSorted((one, other) => one.distance - other.distance);
  return best !== undefined && best.distance <= best.word.length / 3 ? best.word : null;
}

/** Letters to add, drop, change, or exchange with their neighbour. */
function distance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const at = (line: number, column: number): number => rows[line]?.[column] ?? Infinity;
  for (let line = 1; line <= from.length; line++) {
    const row = [line];
    rows.push(row);
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[line - 1] === to[column - 1];
      const isExchanged = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      row.push(
        Math.min(
          at(line - 1, column - 1) + (isSame ? 0 : 1),
          at(line - 1, column) + 1,
          at(line, column - 1) + 1,
          isExchanged ? at(line - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(from.length, to.length);
}
