// Writes src/contract/model.gen.ts from the App Runner client of the AWS SDK (a development dependency only).
// `node tools/generate-contract.ts` writes it, `--check` exits with 1 when the file is not what would be written.
//
// Two sources, because neither says everything: the run-time schemas (members, order, required, sensitive, errors) and
// the package's regular .d.ts files (which enum a string member has, which errors an operation throws).
// Constraints (length, pattern, range) are in neither: src/contract/constraints.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sdk from "@aws-sdk/client-apprunner";
import { PROVIDER_TYPES } from "../src/domain/configuration.ts";
import { runtimes } from "../src/domain/runtime.ts";
import type { Member, OperationModel, Shape } from "../src/contract/shape.ts";

export const modelPath = fileURLToPath(new URL("../src/contract/model.gen.ts", import.meta.url));

/** Where the real service differs from its own model; reference/apprunner.md sections 1.3 and 2.2. */
const lowerCaseEnums = new Set(["AutoScalingConfigurationStatus", "CustomDomainAssociationStatus"]);
/** An UpdateService that changes nothing returns no operation id although the model says required (section 1.3). */
const optionalAfterAll = new Set(["UpdateServiceResponse.OperationId"]);
/** Enums that take values of ours beside AWS's. */
const widenedEnums: Readonly<Record<string, readonly string[]>> = {
  ProviderType: PROVIDER_TYPES,
  Runtime: runtimes.map(({ name }) => name),
};

type Reference = number | Schema | (() => Reference) | readonly [() => Reference, unknown];
/** [kind, namespace, name, traits, ...]; kind 0 scalar, 1 list, 2 map, 3 structure, -3 error, 9 operation. */
type Schema = readonly [number, string, string, unknown, ...unknown[]];

interface ErrorModel {
  readonly status: number;
  readonly fault: "client" | "server";
}
interface Model {
  readonly version: string;
  readonly operations: Map<string, OperationModel>;
  readonly shapes: Map<string, Shape>;
  readonly errors: Map<string, ErrorModel>;
}

const packageRoot = join(dirname(createRequire(import.meta.url).resolve("@aws-sdk/client-apprunner")), "..");
const readPackageFile = (path: string): string => readFileSync(join(packageRoot, path), "utf8");

/** Scalar numbers of the schema language; every number in App Runner's model is a 32-bit integer. */
const scalars: Readonly<Record<number, string>> = { 0: "string", 1: "integer", 2: "boolean", 4: "timestamp" };
const listBit = 64;

class ModelReader {
  private readonly shapes = new Map<string, Shape>();
  private readonly operations = new Map<string, OperationModel>();
  private readonly errors = new Map<string, ErrorModel>();
  private readonly enums = enumsByMember();

  read(): Model {
    for (const schema of exportedSchemas()) this.visit(schema);
    const { version } = JSON.parse(readPackageFile("package.json")) as { version: string };
    return { version, operations: this.operations, shapes: this.shapes, errors: this.errors };
  }

  private visit(schema: Schema): string {
    const [kind, , name, traits] = schema;
    if (kind === 9) this.addOperation(schema);
    else if (kind === -3) this.addError(name, traits);
    else if (!this.shapes.has(name)) this.shapes.set(name, this.shapeOf(schema));
    return name;
  }

  private shapeOf(schema: Schema): Shape {
    const [kind, , name, , first, second] = schema;
    if (kind === 0) return { kind: "sensitive" };
    if (kind === 1) return { kind: "list", element: this.typeOf(first as Reference) };
    if (kind === 2) {
      return { kind: "map", key: this.typeOf(first as Reference), value: this.typeOf(second as Reference) };
    }
    if (kind === 3) return { kind: "structure", members: this.membersOf(name, schema) };
    throw new Error(`${name}: schema kind ${kind} is not known to this generator`);
  }

  private membersOf(structure: string, schema: Schema): Record<string, Member> {
    const [, , , , names, types, requiredCount = 0] = schema;
    const members: Record<string, Member> = {};
    for (const [index, name] of (names as string[]).entries()) {
      const path = `${structure}.${name}`;
      const type = this.enumOf(path) ?? this.typeOf((types as Reference[])[index] as Reference);
      const required = index < (requiredCount as number) && !optionalAfterAll.has(path);
      members[name] = required ? { type, required } : { type };
    }
    return members;
  }

  private enumOf(path: string): string | undefined {
    const name = this.enums.get(path);
    if (name === undefined) return undefined;
    const values = Object.values((sdk as unknown as Record<string, Record<string, string>>)[name] ?? {});
    const wire = lowerCaseEnums.has(name) ? values.map((value) => value.toLowerCase()) : values;
    const widened = new Set([...wire, ...(widenedEnums[name] ?? [])]);
    this.shapes.set(name, { kind: "enum", values: [...widened] });
    return name;
  }

  private typeOf(reference: Reference): string {
    if (typeof reference === "function") return this.typeOf(reference());
    if (typeof reference === "number") return this.scalarOrList(reference);
    return typeof reference[0] === "function" ? this.typeOf(reference[0]) : this.visit(reference as Schema);
  }

  private scalarOrList(code: number): string {
    const scalar = scalars[code & ~listBit];
    if (scalar === undefined) throw new Error(`scalar ${code} is not known to this generator`);
    if ((code & listBit) === 0) return scalar;
    const name = `${scalar[0]?.toUpperCase()}${scalar.slice(1)}List`;
    this.shapes.set(name, { kind: "list", element: scalar });
    return name;
  }

  private addOperation([, , name, , input, output]: Schema): void {
    this.operations.set(name, {
      input: this.typeOf(input as Reference),
      output: this.typeOf(output as Reference),
      errors: thrownBy(name),
    });
  }

  private addError(name: string, traits: unknown): void {
    const { httpError, error } = traits as { httpError?: number; error?: "client" | "server" };
    if (httpError !== undefined && error !== undefined)
      this.errors.set(name, { status: httpError, fault: error });
  }
}

function exportedSchemas(): readonly Schema[] {
  const entries = Object.entries(sdk).filter(([name, value]) => name.endsWith("$") && Array.isArray(value));
  return entries.map(([, schema]) => schema as unknown as Schema);
}

/** "Structure.Member" → enum name, read from lines such as `Status?: ServiceStatus | undefined;`. */
function enumsByMember(): Map<string, string> {
  const enums = new Map<string, string>();
  let structure = "";
  for (const line of readPackageFile("dist-types/models/models_0.d.ts").split("\n")) {
    structure = /^export interface (\w+) \{/.exec(line)?.[1] ?? structure;
    const [, member, type] = /^ {4}(\w+)\??: (\w+) \| undefined;/.exec(line) ?? [];
    if (member !== undefined && type !== undefined && isEnum(type)) enums.set(`${structure}.${member}`, type);
  }
  return enums;
}

function isEnum(name: string): boolean {
  const value: unknown = (sdk as unknown as Record<string, unknown>)[name];
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Error codes from lines such as `@throws {@link InvalidRequestException} (client fault)`. */
function thrownBy(operation: string): string[] {
  const text = readPackageFile(`dist-types/commands/${operation}Command.d.ts`);
  const codes = [...text.matchAll(/@throws \{@link (\w+)\} \((?:client|server) fault\)/g)].map(
    (match) => match[1] ?? "",
  );
  return codes.sort();
}

// --- text ---

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([left], [right]) => (left < right ? -1 : 1));

const isName = /^[A-Za-z_]\w*$/;

/** A literal on one line, keys unquoted where they may be. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([key, field]) => `${isName.test(key) ? key : literal(key)}: ${literal(field)}`,
  );
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function renderShape([name, shape]: [string, Shape]): string {
  if (shape.kind !== "structure" || Object.keys(shape.members).length === 0)
    return `  ${name}: ${literal(shape)},`;
  const members = Object.entries(shape.members).map(
    ([member, model]) => `      ${member}: ${literal(model)},`,
  );
  return [`  ${name}: {`, `    kind: "structure",`, `    members: {`, ...members, `    },`, `  },`].join(
    "\n",
  );
}

const scalarTypes: Readonly<Record<string, string>> = {
  integer: "number",
  long: "number",
  timestamp: "Date",
};

/** The TypeScript type a member is written with; lists and maps are written out, sensitive strings are strings. */
function typeText(model: Model, name: string): string {
  const shape = model.shapes.get(name);
  if (shape === undefined) return scalarTypes[name] ?? name;
  if (shape.kind === "list") return `readonly ${typeText(model, shape.element)}[]`;
  if (shape.kind === "map") return `Readonly<Record<string, ${typeText(model, shape.value)}>>`;
  return shape.kind === "sensitive" ? "string" : name;
}

function renderType(model: Model, name: string, shape: Shape): string | undefined {
  if (shape.kind === "enum") return `export type ${name} = ${shape.values.map(literal).join(" | ")};`;
  if (shape.kind !== "structure") return undefined;
  const members = Object.entries(shape.members).map(([member, { type, required }]) => {
    const text = typeText(model, type);
    return required ? `  readonly ${member}: ${text};` : `  readonly ${member}?: ${text} | undefined;`;
  });
  if (members.length === 0) return `export type ${name} = Readonly<Record<string, never>>;`;
  return [`export interface ${name} {`, ...members, "}"].join("\n");
}

function renderOperationTypes(operations: readonly [string, OperationModel][]): string {
  const lines = operations.map(
    ([name, { input, output }]) => `  readonly ${name}: { input: ${input}; output: ${output} };`,
  );
  return ["export interface AppRunnerOperationTypes {", ...lines, "}"].join("\n");
}

function renderTable(name: string, type: string, rows: readonly string[]): string {
  return [`export const ${name} = {`, ...rows, `} as const satisfies ${type};`].join("\n");
}

/** The text of model.gen.ts as it should be now. */
export function renderContract(): string {
  const model = new ModelReader().read();
  const row = ([name, value]: [string, unknown]): string => `  ${name}: ${literal(value)},`;
  const operations = sorted(model.operations);
  const shapes = sorted(model.shapes);
  const types = shapes
    .map(([name, shape]) => renderType(model, name, shape))
    .filter((text) => text !== undefined);
  const errorType = 'Readonly<Record<string, { status: number; fault: "client" | "server" }>>';
  const sections = [
    `// GENERATED by tools/generate-contract.ts from @aws-sdk/client-apprunner ${model.version}. Do not edit.`,
    `import type { OperationModels, Shapes } from "./shape.ts";`,
    renderTable("appRunnerOperations", "OperationModels", operations.map(row)),
    renderTable("appRunnerErrors", errorType, sorted(model.errors).map(row)),
    renderTable("appRunnerShapes", "Shapes", shapes.map(renderShape)),
    ...types,
    renderOperationTypes(operations),
  ];
  return `${sections.join("\n\n")}\n`;
}

function currentText(): string {
  try {
    return readFileSync(modelPath, "utf8");
  } catch {
    return "";
  }
}

/** True when the file on disk is what the generator would write. */
export function isCurrent(): boolean {
  return currentText() === renderContract();
}

if (import.meta.main) {
  if (!process.argv.includes("--check")) writeFileSync(modelPath, renderContract());
  else if (!isCurrent()) {
    process.stderr.write("src/contract/model.gen.ts is out of date; run: node tools/generate-contract.ts\n");
    process.exitCode = 1;
  }
}
