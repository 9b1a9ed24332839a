/**
 * Where each statement of a policy stands in its text, so that people can be shown the one that decided. For texts that
 * `parsePolicy` took: anything else may get nothing.
 */

export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export interface StatementPosition {
  readonly start: TextPosition;
  /** Of its last character. */
  readonly end: TextPosition;
}

/** In the order of the policy's statements. */
export function statementPositions(text: string): readonly StatementPosition[] {
  const positionOf = walk(text);
  return statementSpans(text).map(([start, end]) => ({ start: positionOf(start), end: positionOf(end) }));
}

type Span = readonly [start: number, end: number];

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** One walk over the tokens that open, close and name; texts are passed over whole. */
function statementSpans(text: string): readonly Span[] {
  let spans: Span[] = [];
  const opened: string[] = [];
  let lastText = "";
  let isStatement = false;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === ":") {
      if (opened.length !== 1) continue;
      isStatement = JSON.parse(lastText) === "Statement";
      // As with JSON.parse, the last of several members of one name counts.
      if (isStatement) spans = [];
    } else if (token.startsWith('"')) {
      lastText = token;
    } else if (token === "{" || token === "[") {
      opened.push(token);
      if (isStatement && isStatementOf(opened)) start = index;
    } else {
      if (isStatement && isStatementOf(opened)) spans.push([start, index]);
      opened.pop();
    }
  }
  return spans;
}

/** Whether what was opened last is a statement: the only one, or one of a list. */
function isStatementOf(opened: readonly string[]): boolean {
  const path = opened.join("");
  return path === "{{" || path === "{[{";
}

/** Indexes must be asked for in their order: each line is looked for once. */
function walk(text: string): (index: number) => TextPosition {
  let line = 1;
  let lineStart = 0;
  let lineEnd = text.indexOf("\n");
  return (index) => {
    while (lineEnd !== -1 && lineEnd < index) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = text.indexOf("\n", lineStart);
    }
    return { line, column: index - lineStart + 1 };
  };
}
