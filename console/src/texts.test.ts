/** All words that people read stand in texts.ts, and nothing else stands there. */
import { parseSync } from "vite";
import { expect, test } from "vitest";
import { importByArea } from "../build/texts-by-area.ts";
import { placeOf, readSources, type Source, type SyntaxNode, walk } from "./testing/sources.ts";

const TEXTS = "texts.ts";
/** What these hold is read by people. */
const SHOWN =
  /^(?:label|header|heading|title|description|placeholder|alt|text|hint|help|content|message|empty|footer|\w+(?:Label|Text|Title|Placeholder)|aria-(?:label|description))$/;
const WORD = /(?:^|\s)\p{L}{2,}(?=[\s.,;?!…]|:(?!\/)|$)/u;
/** `Two words.`, `Three words or more`. */
const SENTENCE = /^\p{Lu}\p{Ll}*(?:,? [\p{L}\d'’…]+)+[.?!…]$|^\p{Lu}\p{Ll}*(?:,? [\p{Ll}\d'’…]+){2,}/u;
/** Lines for other programs, and sketches. */
const NO_TEXTS =
  /^(?:pages\/account\/connect-lines\.ts|pages\/create\/as-code\/.*|pages\/networking\/network-diagram\.tsx)$/;

const sources = readSources();

/** `path:line: words`. */
function wordsIn(source: Source): readonly string[] {
  return [...walk(source.program)].flatMap(([node, around]) => {
    const words = wordsOf(node);
    const isShown = node.type === "JSXText" || SHOWN.test(nameOf(around));
    if (!SENTENCE.test(words) && !(isShown && WORD.test(words))) return [];
    return [`${placeOf(source, node)}: ${words.trim()}`];
  });
}

/** Of a string, of a template (its values are left out), of a text between tags. */
function wordsOf(node: SyntaxNode): string {
  const { value, quasis } = node as SyntaxNode & {
    readonly value?: unknown;
    readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  };
  if (quasis !== undefined) return quasis.map((part) => part.value.cooked).join("…");
  return (node.type === "Literal" || node.type === "JSXText") && typeof value === "string" ? value : "";
}

/** Of the attribute or the property that a value is given to. */
function nameOf(around: SyntaxNode | null): string {
  const { name, key } = (around ?? {}) as {
    readonly name?: { readonly name?: unknown };
    readonly key?: { readonly name?: unknown; readonly value?: unknown };
  };
  if (around?.type === "JSXAttribute") return String(name?.name);
  return around?.type === "Property" ? String(key?.name ?? key?.value) : "";
}

test("words that stand in a component are found", () => {
  const found = (code: string) => {
    const program = parseSync("page.tsx", code).program;
    return wordsIn({ path: "page.tsx", code, program }).map((one) => one.replace("page.tsx:1: ", ""));
  };
  expect(found(`const a = <b>Save <i>{texts.now}</i></b>;`)).toEqual(["Save"]);
  expect(found(`const a = <Input placeholder="your name" />;`)).toEqual(["your name"]);
  expect(found("const a = [{ label: `Delete ${name}` }];")).toEqual(["Delete …"]);
  expect(found(`throw new Error("This did not work.");`)).toEqual(["This did not work."]);
  expect(found(`const a = <Button variant="primary" className="wide red">{texts.save}: –</Button>;`)).toEqual(
    [],
  );
});

test("components have no words of their own", () => {
  const components = sources.filter(({ path }) => path !== TEXTS && !NO_TEXTS.test(path));
  expect(components.length).toBeGreaterThan(200);
  expect(components.flatMap(wordsIn)).toEqual([]);
});

test("nothing runs where texts are loaded, so that what a page does not use can be left out", () => {
  const texts = sources.find(({ path }) => path === TEXTS);
  const running = [...walk(texts!.program, ({ type }) => /Function/.test(type))].filter(([{ type }]) =>
    /^(?:CallExpression|NewExpression|SpreadElement)$/.test(type),
  );
  expect(running.map(([node]) => placeOf(texts!, node))).toEqual([]);
});

test("every page imports texts so that it brings its own alone", () => {
  const whole = sources.filter(({ code }) =>
    importByArea(code)
      .split("\n")
      .some((line) => line.includes(`/${TEXTS}"`) && !line.startsWith("import type ")),
  );
  expect(whole.map(({ path }) => path)).toEqual([]);
});
