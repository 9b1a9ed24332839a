/** Reads what the engine answers: streams of JSON lines, of which a failure is one, archives, errors. */
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { decodeProgress } from "../buildkit/progress.ts";
import { TextLines } from "../buildkit/text-lines.ts";

const LOG_LINES_MAX = 100;

/** Something that the engine was asked to do failed, for a reason that it told. */
export class EngineProblem extends Error {
  override readonly name = "EngineProblem";
  /** The last lines of output, oldest first. */
  readonly logLines: readonly string[];

  constructor(message: string, logLines: readonly string[] = []) {
    super(message);
    this.logLines = logLines;
  }
}

interface AnswerLine {
  readonly error?: string;
  readonly id?: string;
  readonly aux?: unknown;
}

/** Reads to the end; throws EngineProblem when a line tells of one. */
export async function readToEnd(stream: Readable): Promise<void> {
  for await (const line of answerLines(stream)) {
    if (line.error !== undefined) throw new EngineProblem(line.error);
  }
}

/** Reads a BuildKit build to its end; returns the image's id. */
export async function readBuild(stream: Readable): Promise<string> {
  const output = new TextLines();
  let logLines: readonly string[] = [];
  let imageId: string | null = null;
  for await (const { error, id, aux } of answerLines(stream)) {
    if (error !== undefined) throw new EngineProblem(error, logLines);
    if (id === "moby.buildkit.trace" && typeof aux === "string") {
      const lines = decodeProgress(aux).logs.flatMap(({ bytes }) => output.push(bytes));
      logLines = [...logLines, ...lines].slice(-LOG_LINES_MAX);
    }
    if (id === "moby.image.id") imageId = (aux as { readonly ID: string }).ID;
  }
  if (imageId === null) throw new EngineProblem("the build ended without an image", logLines);
  return imageId;
}

async function* answerLines(stream: Readable): AsyncGenerator<AnswerLine> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as AnswerLine;
  }
  if (rest.trim() !== "") yield JSON.parse(rest) as AnswerLine;
}

/** Text of the only file of an archive. */
export async function readOnlyFile(archive: Readable): Promise<string> {
  for await (const entry of archive.pipe(extract())) return await text(entry);
  throw new EngineProblem("an empty archive");
}

/** HTTP status of the engine's refusal. */
export function statusOf(error: unknown): number | null {
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : null;
}
