// Values of an output as XML, the way the query protocol writes them: members are elements, elements of a list are
// `member`, of a map `entry`.
import { shapeOf } from "./operations.ts";

/** Escaped already. */
export type XmlText = string;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\r": "&#xD;",
};

/** A text is escaped; children are XML already. */
export function xmlElement(name: string, content: string | readonly XmlText[]): XmlText {
  return `<${name}>${typeof content === "string" ? escapeText(content) : content.join("")}</${name}>`;
}

/** The members of a structure that are there, each an element. */
export function xmlMembers(structure: string, value: unknown): readonly XmlText[] {
  const shape = shapeOf(structure);
  if (shape?.kind !== "structure") throw new TypeError(`${structure} is no structure`);
  return Object.entries(value as Readonly<Record<string, unknown>>).map(([name, member]) =>
    xmlElement(name, xmlContent(shape.members[name]?.type ?? "string", member)),
  );
}

function xmlContent(type: string, value: unknown): string | readonly XmlText[] {
  const shape = shapeOf(type);
  if (shape?.kind === "structure") return xmlMembers(type, value);
  if (shape?.kind === "list") {
    return (value as readonly unknown[]).map((item) => xmlElement("member", xmlContent(shape.element, item)));
  }
  if (shape?.kind === "map") {
    return Object.entries(value as Readonly<Record<string, unknown>>).map(([key, entry]) =>
      xmlElement("entry", [xmlElement("key", key), xmlElement("value", xmlContent(shape.value, entry))]),
    );
  }
  return String(value);
}

/** Control characters have no place in XML 1.0, not even escaped. */
function escapeText(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- just these
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD")
      .replaceAll(/[&<>\r]/g, (character) => ESCAPES[character] ?? character)
  );
}
