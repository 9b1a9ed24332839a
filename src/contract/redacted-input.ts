// What may be kept of a call's input: the members that the model knows, in CloudTrail's camelCase, without what must not be
// read. The input need not be valid. Bounded, however much was sent.
import { operationOf, shapeOf } from "./operations.ts";
import type { OperationName } from "./operations.ts";
import type { StructureShape } from "./shape.ts";

export const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";
/** Stands for what was too much. */
const MORE = "…";

const CHARACTERS_MAX = 6_000;
const TEXT_MAX = 256;
const ENTRIES_MAX = 50;
/** Whatever the model says of them. */
const SECRET_NAME = /(?:Password|Secret|PrivateKey|Credentials?|Authorization)$/i;
/** Addresses that people must be able to read; of others the path may be the secret, as with chat rooms. */
const OPEN_ADDRESS = /^(?:RepositoryUrl|ServerUrl)$/;

/** Null where nothing of the input fits the operation. */
export function redactedInput(
  operation: OperationName,
  value: unknown,
): Readonly<Record<string, unknown>> | null {
  const shape = shapeOf(operationOf(operation).model.input);
  if (shape?.kind !== "structure" || !isObject(value)) return null;
  return new Redaction().members(shape, value);
}

/** `ServiceName` → `serviceName`, `ARN` → `arn`. */
export function camelCase(name: string): string {
  return name === name.toUpperCase() ? name.toLowerCase() : name.charAt(0).toLowerCase() + name.slice(1);
}

/** One reading of one input: what all of it may still hold. */
class Redaction {
  #left = CHARACTERS_MAX;

  members(
    shape: StructureShape,
    value: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> {
    const kept: Record<string, unknown> = {};
    for (const [name, { type }] of Object.entries(shape.members)) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (given === undefined || given === null) continue;
      this.#left -= name.length;
      kept[camelCase(name)] = this.#left > 0 ? this.#read(type, name, given) : MORE;
    }
    return kept;
  }

  #read(type: string, name: string, value: unknown): unknown {
    if (SECRET_NAME.test(name) || isHidden(type)) return HIDDEN;
    const shape = shapeOf(type);
    if (shape?.kind === "structure") return isObject(value) ? this.members(shape, value) : HIDDEN;
    if (shape?.kind === "list") return this.#list(shape.element, name, value);
    if (shape?.kind === "map") return this.#map(shape.value, name, value);
    if (shape?.kind === "enum") return shape.values.some((one) => one === value) ? value : HIDDEN;
    // What is of another type than it must be may be anything.
    if (type === "string") return typeof value === "string" ? this.#text(name, value) : HIDDEN;
    return typeof value === "number" || typeof value === "boolean" ? value : HIDDEN;
  }

  #list(element: string, name: string, value: unknown): unknown {
    if (!Array.isArray(value)) return HIDDEN;
    const kept = value.slice(0, ENTRIES_MAX).map((one: unknown) => this.#read(element, name, one));
    return value.length > ENTRIES_MAX ? [...kept, MORE] : kept;
  }

  #map(type: string, name: string, value: unknown): unknown {
    if (!isObject(value)) return HIDDEN;
    const entries = Object.entries(value).slice(0, ENTRIES_MAX);
    return Object.fromEntries(
      entries.map(([key, one]) => [this.#text(name, key), this.#read(type, name, one)]),
    );
  }

  #text(name: string, value: string): string {
    const shown = OPEN_ADDRESS.test(name) ? withoutUser(value) : originOf(value);
    const text = shown.slice(0, Math.max(0, Math.min(TEXT_MAX, this.#left))).toWellFormed();
    this.#left -= text.length;
    return text.length < shown.length ? text + MORE : text;
  }
}

/** A sensitive text, or entries with sensitive names or values. */
function isHidden(type: string): boolean {
  const shape = shapeOf(type);
  if (shape?.kind === "map") return isHidden(shape.key) || isHidden(shape.value);
  return shape?.kind === "sensitive";
}

/** Of an address on the web no more than where it is; every other text as it is. */
function originOf(text: string): string {
  return withoutUser(text).replace(/^(https?:\/\/[^/?#]*)[/?#].+$/is, `$1/${MORE}`);
}

export function withoutUser(text: string): string {
  return text.replaceAll(/(:\/\/)[^/\s@]*@/g, "$1");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
