/** A log as a file: its name and its lines. Pure. */
import { plainText } from "./ansi.ts";
import { idInStream } from "./log-choice.ts";
import type { LogLine } from "./log-source.ts";

export type LogFileFormat = "log" | "jsonl";

/** `shop-application-20261121T155300Z.log`: only letters that every file system takes. */
export function logFileName(
  parts: { readonly serviceName: string; readonly kind: string; readonly part: string | null },
  atMs: number,
  format: LogFileFormat,
): string {
  const moment = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/gu, "");
  const words = [parts.serviceName, parts.kind, parts.part?.slice(0, 8)].filter((word) => word !== undefined);
  const name = words.map((word) => word.replaceAll(/[^\w-]/gu, "_")).join("-");
  return `${name}-${moment}.${format}`;
}

/** Text has no colours, for who opens it with an editor; JSON has everything, escaped. */
export function fileText(lines: readonly LogLine[], format: LogFileFormat): string {
  return lines.map((line) => `${format === "log" ? textLine(line) : jsonLine(line)}\n`).join("");
}

export function textLine({ atMs, stream, text }: LogLine): string {
  const instance = stream.startsWith("instance/") ? `${idInStream(stream).slice(0, 8)} ` : "";
  return `${new Date(atMs).toISOString()} ${instance}${plainText(text)}`;
}

function jsonLine({ atMs, stream, text }: LogLine): string {
  return JSON.stringify({ timestamp: new Date(atMs).toISOString(), stream, message: text });
}
