/** One line: when, of which instance, what. Pressing its time unfolds it. */
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { memo } from "react";
import { CopyText } from "../../../parts/copy-text.tsx";
import { logs as texts } from "../../../texts.ts";
import { plainText } from "./ansi.ts";
import { layOutJson } from "./json-line.ts";
import { idInStream } from "./log-choice.ts";
import { textLine } from "./log-file.ts";
import type { LogLine } from "./log-source.ts";
import { LogText } from "./log-text.tsx";

/** Of the palette in logs.css: those that are told apart best. */
const STREAM_COLORS = [4, 5, 2, 3, 6, 1, 12, 13];

export interface LogRowProps {
  readonly line: LogLine;
  readonly finders: readonly RegExp[];
  readonly showsStream: boolean;
  readonly isUnfolded: boolean;
  readonly onFold: (id: string) => void;
  readonly linkTo: (line: LogLine) => string;
  /** Present while a search hides what is around the line. */
  readonly onAround?: ((line: LogLine) => void) | undefined;
}

export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, finders, showsStream, isUnfolded, onFold } = props;
  const color = `var(--ansi-${streamColor(line.stream)})`;
  return (
    <>
      <div className="log-head" style={showsStream ? { borderInlineStartColor: color } : undefined}>
        <button
          type="button"
          className="log-time"
          aria-expanded={isUnfolded}
          aria-label={texts.unfold(shortTime(line.atMs))}
          title={new Date(line.atMs).toISOString()}
          onClick={() => onFold(line.id)}
        >
          {shortTime(line.atMs)}
        </button>
        {showsStream ? (
          <span className="log-stream" style={{ color }}>
            {idInStream(line.stream).slice(0, 6)}
          </span>
        ) : null}
        <span className="log-text">
          <LogText text={line.text} finders={finders} />
        </span>
      </div>
      {isUnfolded ? <Unfolded {...props} /> : null}
    </>
  );
});

function Unfolded({ line, linkTo, onAround }: LogRowProps) {
  const json = layOutJson(line.text);
  return (
    <div className="log-unfolded">
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        <span>{new Date(line.atMs).toISOString()}</span>
        <span>{line.stream}</span>
        <span>
          <CopyText isIcon text={textLine(line)} label={texts.copyLine} /> {texts.line}
        </span>
        <span>
          <CopyText isIcon text={linkTo(line)} label={texts.copyLink} /> {texts.linkHere}
        </span>
        {onAround === undefined ? null : (
          <Button variant="inline-link" onClick={() => onAround(line)}>
            {texts.around}
          </Button>
        )}
      </SpaceBetween>
      <pre>
        {json === null
          ? plainText(line.text)
          : json.map(({ kind, text, offset }) => (
              <span key={offset} className={kind === "plain" ? undefined : `log-${kind}`}>
                {text}
              </span>
            ))}
      </pre>
    </div>
  );
}

/** `15:53:02.107`, with the day before it when it is not today. */
function shortTime(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? time : `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

function streamColor(stream: string): number {
  const number = Number.parseInt(idInStream(stream).slice(0, 6), 16) || 0;
  return STREAM_COLORS[number % STREAM_COLORS.length] ?? 4;
}
