// Parameters of the query protocol → the value that the model's validator reads. Names tell the place
// (`MetricDataQueries.member.2.Id`); the walk follows the model, and the size of a list is what was sent for it, whatever
// its indices are.
import { WireError } from "./errors.ts";
import { shapeOf } from "./operations.ts";
import { quote } from "./violation.ts";

const MAX_LEVELS = 32;
const INDEX = /^[1-9]\d{0,8}$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Without a zone it is UTC, as older clients write it. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** One level of names: what stands at this place itself, and what below it. */
interface Place {
  readonly path: string;
  text: string | undefined;
  readonly below: Map<string, Place>;
}

export function readParameters(structure: string, form: ReadonlyMap<string, string>): unknown {
  const root: Place = { path: "", text: undefined, below: new Map() };
  for (const [name, text] of form) placeOf(root, name).text = text;
  return read(structure, root);
}

function placeOf(root: Place, name: string): Place {
  const parts = name.split(".", MAX_LEVELS + 1);
  if (parts.length > MAX_LEVELS) {
    throw new WireError(
      "SerializationException",
      `A parameter's name has more than ${MAX_LEVELS} levels; use fewer.`,
    );
  }
  let place = root;
  for (const part of parts) {
    const known = place.below.get(part);
    const path = place.path === "" ? part : `${place.path}.${part}`;
    const next = known ?? { path, text: undefined, below: new Map<string, Place>() };
    if (known === undefined) place.below.set(part, next);
    place = next;
  }
  return place;
}

function read(type: string, place: Place): unknown {
  const shape = shapeOf(type);
  if (shape === undefined) return readScalar(type, textOf(place));
  if (shape.kind === "structure") {
    const present = Object.entries(shape.members).flatMap(([member, model]) => {
      const below = place.below.get(member);
      return below === undefined ? [] : [[member, read(model.type, below)] as const];
    });
    return Object.fromEntries(present);
  }
  if (shape.kind === "list") return elementsOf(place).map((element) => read(shape.element, element));
  return textOf(place);
}

function textOf({ text, path }: Place): string {
  if (text !== undefined) return text;
  throw malformed(path, "has no value of its own, only parameters below it");
}

/** In the order of their indices. An empty value is an empty list. */
function elementsOf({ path, text, below }: Place): readonly Place[] {
  if (below.size === 0 && text === "") return [];
  const members = below.get("member");
  if (text !== undefined || below.size !== 1 || members === undefined || members.text !== undefined) {
    throw malformed(path, "is a list; write its elements as .member.1, .member.2 and so on");
  }
  const elements = [...members.below];
  const wrong = elements.find(([index]) => !INDEX.test(index));
  if (wrong !== undefined) throw malformed(wrong[1].path, "has no index; it must be 1 to 999999999");
  return elements.toSorted(([one], [other]) => Number(one) - Number(other)).map(([, element]) => element);
}

/** What cannot be read is left as it is: the validator says so. */
function readScalar(type: string, text: string): unknown {
  if (type === "string") return text;
  if (type === "boolean") return text === "true" || (text === "false" ? false : text);
  if (type === "timestamp") return readTime(text);
  return NUMBER.test(text) ? Number(text) : text;
}

function readTime(text: string): unknown {
  if (NUMBER.test(text)) return Number(text);
  const match = ISO_TIME.exec(text);
  if (match === null) return text;
  const hasTime = text.length > "2026-01-31".length;
  const epochMs = Date.parse(
    hasTime && match[1] === undefined ? `${text.replace(" ", "T")}Z` : text.replace(" ", "T"),
  );
  return Number.isNaN(epochMs) ? text : epochMs / 1000;
}

function malformed(path: string, problem: string): WireError {
  return new WireError("SerializationException", `The parameter ${quote(path)} ${problem}.`);
}
