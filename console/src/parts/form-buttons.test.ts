/** Cloudscape's button sends the form that it stands in, unless it says otherwise. */
import { expect, test } from "vitest";
import { placeOf, readSources, type Source, type SyntaxNode, walk } from "../testing/sources.ts";

interface Place {
  readonly source: Source;
  readonly node: SyntaxNode;
}

interface Element extends SyntaxNode {
  readonly openingElement: {
    readonly name: { readonly name?: string };
    readonly attributes: readonly { readonly name?: { readonly name?: unknown } }[];
  };
  readonly children: readonly SyntaxNode[];
}

interface Component extends SyntaxNode {
  readonly id?: { readonly name: string } | null;
}

const FORMS = new Set(["form", "FormDialog"]);

function nameOf(node: SyntaxNode): string {
  return node.type === "JSXElement" ? ((node as Element).openingElement.name.name ?? "") : "";
}

function hasAttribute(node: SyntaxNode, attribute: string): boolean {
  return (node as Element).openingElement.attributes.some(({ name }) => name?.name === attribute);
}

/** What stands in forms, and in the components that stand there. A dialog over a form is not in it. */
function* inForms(sources: readonly Source[]): Generator<Place> {
  const components = new Map<string, Place[]>();
  const todo: Place[] = [];
  for (const source of sources) {
    for (const [node] of walk(source.program)) {
      const name = node.type === "FunctionDeclaration" ? (node as Component).id?.name : undefined;
      if (name !== undefined) components.set(name, [...(components.get(name) ?? []), { source, node }]);
      if (!FORMS.has(nameOf(node))) continue;
      for (const child of (node as Element).children) todo.push({ source, node: child });
    }
  }
  for (const { source, node: root } of todo) {
    for (const [node] of walk(root, (one) => nameOf(one) === "Modal")) {
      yield { source, node };
      todo.push(...(components.get(nameOf(node)) ?? []));
      components.delete(nameOf(node));
    }
  }
}

test("a button in a form that does something else does not send the form", () => {
  const buttons = [...inForms(readSources())].filter(({ node }) => nameOf(node) === "Button");
  expect(buttons.length).toBeGreaterThan(5);
  const sending = buttons.filter(
    ({ node }) => !["formAction", "href"].some((attribute) => hasAttribute(node, attribute)),
  );
  expect(sending.map(({ source, node }) => placeOf(source, node))).toEqual([]);
});
