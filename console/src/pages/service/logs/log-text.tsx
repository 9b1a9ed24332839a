/** A line's text: its colours, and marks where a search found something. Only text nodes, whatever the line holds. */
import { type CSSProperties, Fragment } from "react";
import { logs as texts } from "../../../texts.ts";
import { parseAnsi, type TextStyle } from "./ansi.ts";
import { findRanges, type MarkedPart, markPart } from "./highlight.ts";

/** More of one line is not drawn until it is unfolded. */
const SHOWN_LENGTH = 2_000;

export interface LogTextProps {
  readonly text: string;
  readonly finders: readonly RegExp[];
}

export function LogText({ text, finders }: LogTextProps) {
  return (
    <>
      {markedParts(text.slice(0, SHOWN_LENGTH), finders).map(({ offset, style, marked }) => (
        <span key={offset} className={classOf(style)} style={styleOf(style)}>
          {marked.map((one) =>
            one.isFound ? (
              <mark key={one.offset}>{one.text}</mark>
            ) : (
              <Fragment key={one.offset}>{one.text}</Fragment>
            ),
          )}
        </span>
      ))}
      {text.length > SHOWN_LENGTH ? (
        <span className="log-more">{texts.moreCharacters(text.length - SHOWN_LENGTH)}</span>
      ) : null}
    </>
  );
}

interface ShownPart {
  /** Where in the line it begins. */
  readonly offset: number;
  readonly style: TextStyle;
  readonly marked: readonly MarkedPart[];
}

function markedParts(line: string, finders: readonly RegExp[]): readonly ShownPart[] {
  const parts = parseAnsi(line);
  const ranges = findRanges(parts.map(({ text }) => text).join(""), finders);
  const shown: ShownPart[] = [];
  let offset = 0;
  for (const { text, style } of parts) {
    shown.push({ offset, style, marked: markPart(text, offset, ranges) });
    offset += text.length;
  }
  return shown;
}

function classOf({ isBold, isDim, isItalic, isUnderlined }: TextStyle): string | undefined {
  const names = [
    isBold && "log-bold",
    isDim && "log-dim",
    isItalic && "log-italic",
    isUnderlined && "log-underlined",
  ].filter((name) => name !== undefined);
  return names.length === 0 ? undefined : names.join(" ");
}

function styleOf({ color, background }: TextStyle): CSSProperties | undefined {
  if (color === undefined && background === undefined) return undefined;
  return {
    ...(color !== undefined && { color: cssColor(color) }),
    // Letters keep to the ground they are readable on.
    ...(background !== undefined && { boxShadow: `inset 0 -2px ${cssColor(background)}` }),
  };
}

function cssColor(color: number | string): string {
  return typeof color === "number" ? `var(--ansi-${color})` : color;
}
