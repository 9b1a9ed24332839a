/** What each kind of filter pattern becomes. */

export interface FilterPattern {
  /** Texts that every matching line contains, letter for letter: lines and whole segments without them need not be read. */
  readonly required: readonly string[];
  readonly matches: (line: string) => boolean;
  /** What the pattern's fields or properties are in a line: `$.status` or `$status` → value. */
  readonly valuesIn: (line: string) => Readonly<Record<string, string>>;
}
