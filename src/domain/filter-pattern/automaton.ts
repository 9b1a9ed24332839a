/**
 * Runs a regular expression without groups over a text, one step per character: all places where a match could stand are
 * kept at once, so nothing is ever tried again. Sets of places that were met before are remembered, within a limit.
 */

/** By UTF-16 code unit; all that are no ASCII are alike. */
export type CharacterTest = (code: number) => boolean;

export interface Piece {
  readonly test: CharacterTest;
  readonly min: number;
  /** Infinity: as often as there are. */
  readonly max: number;
}

export interface Branch {
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  readonly pieces: readonly Piece[];
}

interface Place {
  readonly test: CharacterTest;
  /** May be passed over. */
  readonly isOptional: boolean;
  /** May be stood on again. */
  readonly isRepeated: boolean;
}

interface Line {
  readonly places: readonly Place[];
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
}

/** A set of places, with what is known of it. */
interface Standing {
  readonly places: readonly number[];
  /** A match has ended, whatever follows. */
  readonly isFound: boolean;
  /** A match ends if the text does. */
  readonly isFoundAtEnd: boolean;
  readonly next: Map<number, Standing>;
}

const STANDINGS_MAX = 2000;
const NOT_ASCII = 128;

export class Automaton {
  readonly #lines: readonly Line[];
  /** Where each line's places begin; a line of n places has n + 1 numbers, the last is its end. */
  readonly #offsets: readonly number[];
  readonly #lineOf: readonly number[];
  #known = new Map<string, Standing>();

  constructor(branches: readonly Branch[]) {
    this.#lines = branches.map((branch) => ({ ...branch, places: branch.pieces.flatMap(placesOf) }));
    let offset = 0;
    this.#offsets = this.#lines.map(({ places }) => {
      const start = offset;
      offset += places.length + 1;
      return start;
    });
    this.#lineOf = this.#lines.flatMap(({ places }, index) => Array<number>(places.length + 1).fill(index));
  }

  /** Whether the expression matches anywhere in the text. */
  finds(text: string): boolean {
    let standing = this.#standing(this.#begin(true));
    for (let at = 0; at < text.length && !standing.isFound; at++) {
      standing = this.#step(standing, text.charCodeAt(at));
    }
    return standing.isFound || standing.isFoundAtEnd;
  }

  #step(standing: Standing, unit: number): Standing {
    const code = Math.min(unit, NOT_ASCII);
    const known = standing.next.get(code);
    if (known !== undefined) return known;
    const reached = new Set(this.#begin(false));
    for (const number of standing.places) {
      const place = this.#place(number);
      if (place === undefined || !place.test(code)) continue;
      if (place.isRepeated) this.#reach(number, reached);
      this.#reach(number + 1, reached);
    }
    const next = this.#standing(reached);
    standing.next.set(code, next);
    return next;
  }

  /** A match may begin anywhere, that of an anchored line only where the text does. */
  #begin(isTextStart: boolean): Set<number> {
    const reached = new Set<number>();
    for (const [index, line] of this.#lines.entries()) {
      if (isTextStart || !line.isAtStart) this.#reach(this.#offsets[index] ?? 0, reached);
    }
    return reached;
  }

  /** The place, and those behind it that can be had by passing over. */
  #reach(from: number, reached: Set<number>): void {
    for (let number = from; ; number++) {
      reached.add(number);
      if (this.#place(number)?.isOptional !== true) return;
    }
  }

  #place(number: number): Place | undefined {
    const line = this.#lineOf[number] ?? 0;
    return this.#lines[line]?.places[number - (this.#offsets[line] ?? 0)];
  }

  #standing(reached: ReadonlySet<number>): Standing {
    const places = [...reached].sort((a, b) => a - b);
    const key = places.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // Those in use stay reachable through each other's `next` until the text ends, and are then forgotten.
    if (this.#known.size >= STANDINGS_MAX) this.#known = new Map();
    const ends = places.filter((number) => this.#place(number) === undefined);
    const isAtEnd = (number: number) => this.#lines[this.#lineOf[number] ?? 0]?.isAtEnd === true;
    const standing = {
      places,
      isFound: ends.some((number) => !isAtEnd(number)),
      isFoundAtEnd: ends.length > 0,
      next: new Map<number, Standing>(),
    };
    this.#known.set(key, standing);
    return standing;
  }
}

function placesOf({ test, min, max }: Piece): readonly Place[] {
  const must = Array.from({ length: min }, () => ({ test, isOptional: false, isRepeated: false }));
  if (max === Infinity) return [...must, { test, isOptional: true, isRepeated: true }];
  return [
    ...must,
    ...Array.from({ length: max - min }, () => ({ test, isOptional: true, isRepeated: false })),
  ];
}
