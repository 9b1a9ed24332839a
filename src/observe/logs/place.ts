/** A place between two lines of a stream. As a cursor: `<segment>.<offset in the raw text>`. */
import { SlipwayError } from "../../domain/error.ts";

export interface Place {
  readonly segment: number;
  readonly offset: number;
}

export const beginning: Place = { segment: 0, offset: 0 };

const CURSOR = /^(\d{1,9})\.(\d{1,15})$/;

/** Throws ForeignToken for a cursor that no read gave out. */
export function parsePlace(cursor: string): Place {
  const [, segment, offset] = CURSOR.exec(cursor) ?? [];
  if (segment === undefined) throw new SlipwayError("ForeignToken");
  return { segment: Number(segment), offset: Number(offset) };
}

export function formatPlace({ segment, offset }: Place): string {
  return `${segment}.${offset}`;
}
