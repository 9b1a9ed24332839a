/**
 * Text with numbered lines: code, a configuration file. Comments, texts and what is wrong are told apart by colour; a problem
 * stands below the line that it is about, with a sign at its column.
 */
import Box from "@cloudscape-design/components/box";
import { codeView } from "../texts.ts";
import { CopyText } from "./copy-text.tsx";
import { colouredParts } from "./coloured-parts.ts";

export interface CodeProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface CodeViewProps {
  readonly text: string;
  /** What it is, for who hears the page: "AWS CLI command". */
  readonly label: string;
  readonly problems?: readonly CodeProblem[];
}

const NONE: readonly CodeProblem[] = [];

export function CodeView({ text, label, problems = NONE }: CodeViewProps) {
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <div className="code-view">
      <div className="code-view-copy">
        <CopyText text={text} label={label} isIcon />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <section className="code-view-scroll" aria-label={label} tabIndex={0}>
        <pre>
          {lines.map((line, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a line is its number
            <Line key={index} text={line} problems={problems.filter((one) => one.line === index + 1)} />
          ))}
        </pre>
      </section>
      {problems
        .filter(({ line }) => line > lines.length)
        .map(({ text: problem }) => (
          <Box key={problem} color="text-status-error">
            {problem}
          </Box>
        ))}
    </div>
  );
}

function Line({ text, problems }: { readonly text: string; readonly problems: readonly CodeProblem[] }) {
  return (
    <>
      <span className={problems.length > 0 ? "code-line code-line-wrong" : "code-line"}>
        {colouredParts(text).map(({ kind, text: part }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- parts stand where they stand
          <span key={index} className={`code-${kind}`}>
            {part}
          </span>
        ))}
        {"\n"}
      </span>
      {problems.map(({ column, text: problem }) => (
        <span key={`${column}${problem}`} className="code-problem">
          {`${" ".repeat(Math.max(0, column - 1))}▲ ${codeView.column(column)}: ${problem}\n`}
        </span>
      ))}
    </>
  );
}
