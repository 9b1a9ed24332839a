import * as fc from "fast-check";
import { expect, test } from "vitest";
import { WireError } from "./errors.ts";
import { constraintOfMember, constraintOfShape } from "./member-constraints.ts";
import type { Constraint } from "./constraints.ts";
import { streamedMember } from "./event-stream.ts";
import { operations, shapeOf } from "./operations.ts";
import { encodeOutput } from "./reply.ts";
import { parseBody } from "./request.ts";
import { InputRefused, validateInput, validateStructure } from "./validate.ts";

const anOperation = fc.constantFrom(...operations);
const wellFormed = { unit: "binary" } as const;

/** Texts and numbers that a constraint admits; the few patterns are met by filtering or by an example. */
function textFor(constraint: Constraint | undefined): fc.Arbitrary<string> {
  const { min = 0, max = 60, values, pattern } = constraint ?? {};
  if (values !== undefined) return fc.constantFrom(...values);
  if (pattern === undefined)
    return fc.string({ ...wellFormed, minLength: min, maxLength: Math.min(max, 60) });
  const examples = [
    "arn:aws:apprunner:us-east-1:000000000000:service/web1/id",
    "arn:aws:iam::123456789012:role/reader",
    "arn:aws:kms:us-east-1:123456789012:key/0d990263-018e-4e65-a703-eff731de951e",
    "8fe1e10304f84fd2b0df550fe98a71fa",
    "web-1_a",
    "22.14.0",
    "34",
    "/shop/database",
    "/team/",
    "v1",
    "000000000000",
    "0d990263-018e-4e65-a703-eff731de951e",
    "m1",
    "subnet-0123456789abcdef0",
    "alias/logs",
    "apprunner:PauseService",
  ];
  const fitting = examples.filter(
    (text) => text.length >= min && text.length <= max && pattern.regex.test(text),
  );
  return fc.constantFrom(...fitting);
}

function valueFor(type: string, owner: string, member: string): fc.Arbitrary<unknown> {
  const shape = shapeOf(type);
  if (shape?.kind === "structure") {
    const entries = Object.entries(shape.members).map(([name, model]) => [
      name,
      valueFor(model.type, type, name),
    ]);
    const required = Object.keys(shape.members).filter((name) => shape.members[name]?.required);
    return fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>, {
      requiredKeys: required,
      noNullPrototype: true,
    });
  }
  if (shape?.kind === "list")
    return fc.array(valueFor(shape.element, owner, `${member}[]`), { maxLength: 4 });
  if (shape?.kind === "map") {
    const keys = fc.oneof(fc.constantFrom("__proto__", "constructor"), textFor(constraintOfShape(shape.key)));
    return fc.array(fc.tuple(keys, valueFor(shape.value, "", "")), { maxLength: 4 }).map(Object.fromEntries);
  }
  if (shape?.kind === "enum") return fc.constantFrom(...shape.values);
  if (shape?.kind === "sensitive") return textFor(constraintOfShape(type));
  const constraint = constraintOfMember(owner, member);
  if (type === "string") return textFor(constraint);
  if (type === "boolean") return fc.boolean();
  if (type === "timestamp")
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") });
  return fc.integer({ min: constraint?.min ?? 0, max: constraint?.max ?? 2 ** 31 - 1 });
}

/** An input may hold none, an output may: a line of a log. */
const hasNoNul = (value: unknown): boolean => !JSON.stringify(value).includes("\\u0000");

const toWire = (value: unknown): unknown => parseBody(Buffer.from(JSON.stringify(withSeconds(value))));

function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withSeconds(member)]));
}

/** What `act` threw, or undefined. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

const isReadOrRefused = (error: unknown): boolean =>
  error === undefined || (error instanceof InputRefused && error.message.length <= 600);

const isParsedOrRefused = (error: unknown): boolean => error === undefined || error instanceof WireError;

test("any JSON is either read or refused in the validator's own way, briefly", () => {
  fc.assert(
    fc.property(anOperation, fc.jsonValue({ maxDepth: 6 }), ({ name }, value) => {
      expect(thrownBy(() => validateInput(name, value))).toSatisfy(isReadOrRefused);
    }),
    { numRuns: 500 },
  );
});

test("an input damaged anywhere is either read or refused in the validator's own way", () => {
  const input = valueFor("CreateServiceRequest", "", "");
  fc.assert(
    fc.property(input, fc.nat(40), fc.jsonValue(), (value, where, damage) => {
      let left = where;
      const damaged: unknown = JSON.parse(JSON.stringify(value), (_key, part: unknown) => {
        left -= 1;
        return left === 0 ? damage : part;
      });
      expect(thrownBy(() => validateInput("CreateService", damaged))).toSatisfy(isReadOrRefused);
    }),
  );
});

test("any bytes are either parsed or refused with a WireError", () => {
  const json = fc.json().map((text) => Buffer.from(text));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), json), (bytes) => {
      expect(thrownBy(() => parseBody(bytes))).toSatisfy(isParsedOrRefused);
    }),
  );
});

test.each(operations.map(({ name, model }) => [name, model.input] as const))(
  "every valid input of %s passes unchanged",
  (name, structure) => {
    fc.assert(
      fc.property(valueFor(structure, "", "").filter(hasNoNul), (input) => {
        const wire = toWire(input);
        expect(toWire(validateInput(name, wire))).toEqual(wire);
      }),
      { numRuns: 20 },
    );
  },
);

const exactOperations = operations.filter(
  ({ name, model }) => name !== "ListServices" && streamedMember(model.output) === null,
);

test.each(exactOperations.map(({ name, model }) => [name, model.output] as const))(
  "every output of %s can be read back from its reply, to the millisecond",
  (name, structure) => {
    fc.assert(
      fc.property(valueFor(structure, "", ""), (output) => {
        const { body } = encodeOutput(name, output as never, "id");
        expect(toWire(validateStructure(structure, JSON.parse(body)))).toEqual(toWire(output));
      }),
      { numRuns: 20 },
    );
  },
);
