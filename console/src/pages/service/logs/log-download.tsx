/** All lines of the range as a file: read page by page, so that a log of any length can be had, and stopped at will. */
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { call } from "../../../api/call.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { saveFile } from "../../../parts/save-file.ts";
import { logs as texts } from "../../../texts.ts";
import { fileText, type LogFileFormat } from "./log-file.ts";
import { type LogQuery, LogSource } from "./log-source.ts";

const PAGE_LINES = 10_000;

export interface DownloadState {
  readonly count: number;
  readonly percent: number;
}

export interface LogDownload {
  readonly state: DownloadState | null;
  readonly start: (format: LogFileFormat) => void;
  readonly stop: () => void;
}

export function useLogDownload(
  query: LogQuery,
  nameOf: (atMs: number, format: LogFileFormat) => string,
): LogDownload {
  const [state, setState] = useState<DownloadState | null>(null);
  const running = useRef<AbortController>(null);
  const notify = useNotify();
  useEffect(() => () => running.current?.abort(), []);
  const run = async (format: LogFileFormat) => {
    const { signal } = (running.current = new AbortController());
    const nowMs = Date.now();
    const whole = { ...query, endMs: query.endMs ?? nowMs };
    setState({ count: 0, percent: 0 });
    try {
      const parts = await readParts(whole, format, signal, setState);
      saveFile(nameOf(nowMs, format), parts, format === "log" ? "text/plain" : "application/jsonl");
    } catch (error) {
      if (!signal.aborted)
        notify({ type: "error", header: texts.downloadFailed, text: (error as Error).message });
    } finally {
      setState(null);
    }
  };
  return {
    state,
    start: (format) => void run(format),
    stop: () => running.current?.abort(),
  };
}

/** Blobs, which the browser keeps outside of the page's memory. */
async function readParts(
  query: LogQuery & { readonly endMs: number },
  format: LogFileFormat,
  signal: AbortSignal,
  onProgress: (state: DownloadState) => void,
): Promise<readonly Blob[]> {
  const source = new LogSource(query, (input, ending) =>
    call("Logs_20140328.FilterLogEvents", input, ending),
  );
  const parts: Blob[] = [];
  let count = 0;
  let beganMs: number | null = query.startMs === 0 ? null : query.startMs;
  for await (const lines of source.all(signal, PAGE_LINES)) {
    parts.push(new Blob([fileText(lines, format)]));
    count += lines.length;
    const [first, last] = [lines[0], lines.at(-1)];
    if (first === undefined || last === undefined) continue;
    beganMs ??= first.atMs;
    const percent = (100 * (last.atMs - beganMs)) / Math.max(1, query.endMs - beganMs);
    onProgress({ count, percent: Math.min(99, percent) });
  }
  return parts;
}

export function DownloadButton({ download }: { readonly download: LogDownload }) {
  const formats: readonly LogFileFormat[] = ["log", "jsonl"];
  return (
    <ButtonDropdown
      disabled={download.state !== null}
      items={formats.map((id) => ({ id, text: texts.downloadFormats[id] }))}
      onItemClick={({ detail }) => download.start(detail.id as LogFileFormat)}
    >
      {texts.download}
    </ButtonDropdown>
  );
}

export function DownloadProgress({ download }: { readonly download: LogDownload }) {
  if (download.state === null) return null;
  const { count, percent } = download.state;
  return (
    <SpaceBetween direction="horizontal" size="m" alignItems="center">
      <ProgressBar value={percent} label={texts.downloadLabel} additionalInfo={texts.downloading(count)} />
      <Button onClick={download.stop}>{texts.cancelDownload}</Button>
    </SpaceBetween>
  );
}
