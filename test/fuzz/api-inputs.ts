/** Inputs of the API, made from its own model: nearly right, so that they come far before they are wrong. */
import { shapeOf, type ContractOperation } from "../../src/contract/operations.ts";
import type { Chance } from "./chance.ts";
import { nastyText } from "./hostile-text.ts";
import type { KnownTexts } from "./known-texts.ts";

const DEEPEST = 6;
const NUMBERS = [0, 1, -1, 25, 100, 1024, 2048, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e308, 0.5, 1_700_000_000];

export class ApiInputs {
  readonly #chance: Chance;
  readonly #known: KnownTexts;

  constructor(chance: Chance, known: KnownTexts) {
    this.#chance = chance;
    this.#known = known;
  }

  /** As JSON would have it. In one of four cases something in it is not what the model says. */
  of(operation: ContractOperation): unknown {
    const input = this.#value(operation.model.input, "", 0);
    return this.#chance.oneIn(4) ? this.#spoiled(input) : input;
  }

  #value(type: string, member: string, depth: number): unknown {
    const shape = shapeOf(type);
    if (shape === undefined) return this.#scalar(type, member);
    switch (shape.kind) {
      case "structure":
        return this.#structure(shape.members, depth);
      case "list":
        return this.#times(3, () => this.#value(shape.element, member, depth + 1));
      case "map":
        return Object.fromEntries(
          this.#times(3, () => [this.#text(member), this.#value(shape.value, member, depth + 1)]),
        );
      case "enum":
        return this.#chance.oneIn(20) ? nastyText(this.#chance) : this.#chance.pick(shape.values);
      case "sensitive":
      case "eventStream":
    }
    return this.#text(member);
  }

  #structure(members: Readonly<Record<string, { type: string; required?: true }>>, depth: number): object {
    const given = Object.entries(members).filter(([, { required }]) =>
      required === undefined ? depth < DEEPEST && this.#chance.oneIn(3) : !this.#chance.oneIn(40),
    );
    return Object.fromEntries(given.map(([name, { type }]) => [name, this.#value(type, name, depth + 1)]));
  }

  #scalar(type: string, member: string): unknown {
    if (type === "boolean") return this.#chance.oneIn(2);
    if (type === "string") return this.#text(member);
    return this.#chance.pick(NUMBERS);
  }

  #text(member: string): string {
    const known = this.#known.of(member);
    if (known.length > 0 && !this.#chance.oneIn(5)) return this.#chance.pick(known);
    if (this.#chance.oneIn(3)) return nastyText(this.#chance);
    return `x${this.#chance.below(1_000)}`;
  }

  /** One place somewhere in it becomes something else. */
  #spoiled(value: unknown): unknown {
    if (typeof value !== "object" || value === null || this.#chance.oneIn(5)) return this.#anything(0);
    const entries = Object.entries(value as Record<string, unknown>);
    if (entries.length === 0) return { [nastyText(this.#chance)]: this.#anything(0) };
    const [name] = this.#chance.pick(entries);
    const spoiled = entries.map(
      ([key, child]) => [key, key === name ? this.#spoiled(child) : child] as const,
    );
    if (Array.isArray(value)) return spoiled.map(([, child]) => child);
    return Object.fromEntries(this.#chance.oneIn(4) ? [...spoiled, [nastyText(this.#chance), 1]] : spoiled);
  }

  #anything(depth: number): unknown {
    switch (this.#chance.below(depth > 3 ? 5 : 8)) {
      case 0:
        return null;
      case 1:
        return this.#chance.oneIn(2);
      case 2:
        return this.#chance.pick(NUMBERS);
      case 3:
      case 4:
        return nastyText(this.#chance);
      case 5:
        return this.#times(4, () => this.#anything(depth + 1));
      case 6:
        return this.#nested(this.#chance.below(2_000));
      default:
        return { [nastyText(this.#chance)]: this.#anything(depth + 1) };
    }
  }

  #nested(levels: number): unknown {
    let value: unknown = 1;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  }

  #times<Item>(limit: number, make: () => Item): Item[] {
    return Array.from({ length: this.#chance.below(limit + 1) }, make);
  }
}
