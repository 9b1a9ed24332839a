/** The fields of a line: what blanks separate; what stands in quotes or brackets is one, without them. */

const FIELD = /"([^"]*)"(?=\s|$)|\[([^\]]*)\](?=\s|$)|\S+/g;

export function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(FIELD)].map(([whole, quoted, bracketed]) => quoted ?? bracketed ?? whole);
}
