// Reads a JSON value as the input of an operation: keeps the members of the model, drops all others, and refuses what
// does not fit. Nothing it returns has a prototype that the request could have chosen.
//
// Two codes, as AWS's JSON services use them. A value of the wrong JSON type cannot be read at all:
// SerializationException, their front end's answer; the API Reference's common errors have no better one (ValidationError
// is for values). Whatever is readable but missing, too long, out of range or malformed: the service's own, which for
// App Runner is InvalidRequestException, the error the model gives every operation for a bad parameter. If both occur,
// the first wins, as reading comes first.
//
// Cost: linear in the body, whose size and depth request.ts bounds. The walk follows the model, never the value, so
// its depth is the model's; it stops at `maxViolations`, and a list or map above `maxEntries` is refused unread.
import type { Constraint } from "./constraints.ts";
import { type ErrorCode, WireError } from "./errors.ts";
import { constraintOfMember, constraintOfShape } from "./member-constraints.ts";
import { operationOf, shapeOf } from "./operations.ts";
import type { InputOf, OperationName } from "./operations.ts";
import type { ListShape, MapShape, StructureShape } from "./shape.ts";
import { checkText, checkNumber } from "./value-check.ts";
import type { Finding } from "./value-check.ts";
import { messageOf } from "./violation.ts";
import type { Violation } from "./violation.ts";
import { wireServices } from "./wire-service.ts";

export const maxViolations = 10;
export const maxEntries = 10_000;

/** The refusal of an input, with everything that was found wrong (at most `maxViolations`). */
export class InputRefused extends WireError {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[], refusal: ErrorCode = "InvalidRequestException") {
    const isMistyped = violations.some((violation) => violation.isMistyped);
    super(isMistyped ? "SerializationException" : refusal, messageOf(violations));
    this.violations = violations;
  }
}

/** The input of `operation`, or throws InputRefused. `value` is what JSON.parse gave; it is not changed. */
export function validateInput<Name extends OperationName>(operation: Name, value: unknown): InputOf<Name> {
  const { model, service } = operationOf(operation);
  const walk = new Walk(true);
  const result = walk.readWhole(model.input, value);
  if (walk.violations.length > 0) throw new InputRefused(walk.violations, wireServices[service].refusal);
  return result as InputOf<Name>;
}

/** The same for any structure of the model; timestamps become Dates. */
export function validateStructure(structure: string, value: unknown): unknown {
  const walk = new Walk(false);
  const result = walk.readWhole(structure, value);
  if (walk.violations.length > 0) throw new InputRefused(walk.violations);
  return result;
}

/** A place in the request and what the model says about it. */
interface Place {
  readonly type: string;
  readonly path: string;
  /** Structure and member (with "[]" for elements) under which a constraint may be found. */
  readonly owner: string;
  readonly member: string;
}

/** One reading of one value. A method returns the value read, or undefined after noting a violation. */
class Walk {
  readonly violations: Violation[] = [];
  readonly #isInput: boolean;

  constructor(isInput: boolean) {
    this.#isInput = isInput;
  }

  readWhole(structure: string, value: unknown): unknown {
    return this.read({ type: structure, path: "", owner: structure, member: "" }, value);
  }

  read(place: Place, value: unknown): unknown {
    const shape = shapeOf(place.type);
    if (shape === undefined) return this.scalar(place, value);
    if (shape.kind === "structure") return this.structure(place, shape, value);
    if (shape.kind === "list") return this.list(place, shape, value);
    if (shape.kind === "map") return this.map(place, shape, value);
    if (shape.kind === "enum") return this.text(place, { source: "M", values: shape.values }, value);
    return this.text(place, constraintOfShape(place.type), value, true);
  }

  private get isFull(): boolean {
    return this.violations.length >= maxViolations;
  }

  private refuse(path: string, finding: Finding): undefined {
    if (!this.isFull) this.violations.push({ path, isMistyped: false, ...finding });
  }

  private refuseType(path: string, value: unknown, wanted: string): undefined {
    this.refuse(path, { wrong: `is ${jsonType(value)}`, right: `must be ${wanted}`, isMistyped: true });
  }

  private structure({ type, path }: Place, shape: StructureShape, value: unknown): unknown {
    if (!isObject(value)) return this.refuseType(path, value, "an object");
    const result: Record<string, unknown> = {};
    for (const [member, model] of Object.entries(shape.members)) {
      const memberPath = path === "" ? member : `${path}.${member}`;
      const given = Object.hasOwn(value, member) ? value[member] : undefined;
      if (given !== undefined && given !== null) {
        result[member] = this.read({ type: model.type, path: memberPath, owner: type, member }, given);
      } else if (model.required) {
        this.refuse(memberPath, { wrong: "is missing", right: "is required" });
      }
    }
    return result;
  }

  private list({ path, owner, member }: Place, shape: ListShape, value: unknown): unknown {
    if (!Array.isArray(value)) return this.refuseType(path, value, "a list");
    if (value.length > maxEntries) return this.refuseSize(path, value.length);
    const result: unknown[] = [];
    for (const [index, element] of value.entries()) {
      if (this.isFull) break;
      result.push(
        this.read({ type: shape.element, path: `${path}[${index}]`, owner, member: `${member}[]` }, element),
      );
    }
    return result;
  }

  private map({ path, owner, member }: Place, shape: MapShape, value: unknown): unknown {
    if (!isObject(value)) return this.refuseType(path, value, "an object");
    const entries = Object.entries(value);
    if (entries.length > maxEntries) return this.refuseSize(path, entries.length);
    // Without a prototype "__proto__" is a key like any other.
    const result = Object.create(null) as Record<string, unknown>;
    for (const [index, [key, entry]] of entries.entries()) {
      if (this.isFull) break;
      const place = { owner, member: `${member}{}` };
      this.read({ ...place, type: shape.key, path: `${path}{${index}}.key` }, key);
      result[key] = this.read({ ...place, type: shape.value, path: `${path}{${index}}.value` }, entry);
    }
    return result;
  }

  private refuseSize(path: string, size: number): undefined {
    this.refuse(path, { wrong: `has ${size} entries`, right: `must have at most ${maxEntries}` });
  }

  private scalar(place: Place, value: unknown): unknown {
    const { type, path } = place;
    const constraint = constraintOfMember(place.owner, place.member);
    switch (type) {
      case "string":
        return this.text(place, constraint, value);
      case "boolean":
        return typeof value === "boolean" ? value : this.refuseType(path, value, "true or false");
      case "timestamp":
        return this.timestamp(path, value);
      case "integer":
      case "long":
        return this.number(place, constraint, value);
      case "double":
        return Number.isFinite(value) ? value : this.refuseType(path, value, "a number");
      default:
        throw new TypeError(`the model names no type ${type}`);
    }
  }

  private text(
    place: Place,
    constraint: Constraint | undefined,
    value: unknown,
    isSensitive = false,
  ): unknown {
    if (typeof value !== "string") return this.refuseType(place.path, value, "a string");
    // No argument or environment of a process can hold one, nor can PostgreSQL. (A line of a log can.)
    if (this.#isInput && value.includes("\0")) {
      return this.refuse(place.path, { wrong: "holds a NUL character", right: "must hold none" });
    }
    const finding = checkText(value, constraint, isSensitive);
    return finding === undefined ? value : this.refuse(place.path, finding);
  }

  private number({ path, type }: Place, constraint: Constraint | undefined, value: unknown): unknown {
    if (typeof value !== "number") return this.refuseType(path, value, "an integer");
    const finding = checkNumber(value, constraint, type === "long" ? "long" : "integer");
    return finding === undefined ? value : this.refuse(path, finding);
  }

  /** Protocols that know times give Dates. */
  private timestamp(path: string, value: unknown): Date | undefined {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
    const date = new Date(typeof value === "number" ? Math.round(value * 1000) : Number.NaN);
    return Number.isNaN(date.getTime())
      ? this.refuseType(path, value, "a number of seconds since 1970")
      : date;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
