// An output as the model has it → a value of plain objects, lists, strings, numbers and booleans that a protocol writes down.
// Only members of the model leave the house, in the model's order; absent ones are left out.
import { shapeOf } from "./operations.ts";
import type { StructureShape } from "./shape.ts";

/** How the protocol writes a time. */
export type WriteTime = (date: Date) => unknown;

type Fields = Readonly<Record<string, unknown>>;

export function toWireValue(type: string, value: unknown, writeTime: WriteTime): unknown {
  const shape = shapeOf(type);
  if (shape === undefined) return toScalar(type, value, writeTime);
  if (shape.kind === "structure") return toMembers(shape, value as Fields, writeTime);
  if (shape.kind === "list") {
    return (value as readonly unknown[]).map((item) => toWireValue(shape.element, item, writeTime));
  }
  if (shape.kind === "map")
    return toMap(value as Fields, (entry) => toWireValue(shape.value, entry, writeTime));
  return value;
}

function toMembers({ members }: StructureShape, value: Fields, writeTime: WriteTime): unknown {
  const present = Object.entries(members).filter(
    ([name]) => value[name] !== undefined && value[name] !== null,
  );
  return Object.fromEntries(
    present.map(([name, { type }]) => [name, toWireValue(type, value[name], writeTime)]),
  );
}

/** Object.fromEntries defines its keys, so "__proto__" stays a key. */
function toMap(map: Fields, each: (entry: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(map).map(([key, entry]) => [key, each(entry)]));
}

/** JSON would write NaN as null, which clients read as absent; such an output is a mistake of ours. */
function toScalar(type: string, value: unknown, writeTime: WriteTime): unknown {
  const wire = type === "timestamp" ? writeTime(value as Date) : value;
  if (typeof wire === "number" && !Number.isFinite(wire))
    throw new TypeError(`${type} in an output is ${wire}`);
  return wire;
}
