/**
 * BuildKit's progress → lines of the build's log. Commands are announced by a heading, their output follows in the part
 * of the build that their stage belongs to. The log is bounded; the last lines are kept for the cause of a failure
 * even when they are not told any more.
 */
import type { BuildLine } from "../../ports/builder.ts";
import type { Progress, Vertex, VertexLog } from "./progress.ts";
import { nothingHidden, type SecretMask } from "../../domain/secret-mask.ts";
import { shownInstruction } from "./shown-command.ts";
import { cleanLine, TextLines } from "./text-lines.ts";

export interface OutputLimits {
  readonly lines: number;
  readonly bytes: number;
}

export const defaultOutputLimits: OutputLimits = { lines: 20_000, bytes: 5 * 1_000_000 };

/** As many as BuildError takes. */
const LAST_LINES = 100;
/** `[build 2/5] RUN npm ci`, `[2/5] …` in a file of one stage, with a platform before it in some engines. */
const STEP = /^\[(?:(?:\S+ )*?(\S+) )?\s*(\d+\/\d+)\] (.*)$/s;
const DEFAULT_PART = "Build";

type Part = BuildLine["part"];

interface Command {
  readonly part: Part;
  readonly lines: TextLines;
  readonly last: string[];
  isTold: boolean;
}

export class BuildOutput {
  readonly #onLine: (line: BuildLine) => void;
  readonly #partOfStage: ReadonlyMap<string, Part>;
  readonly #limits: OutputLimits;
  readonly #mask: SecretMask;
  readonly #commands = new Map<string, Command>();
  readonly #last: string[] = [];
  #failed: Command | null = null;
  #lines = 0;
  #bytes = 0;

  constructor(
    onLine: (line: BuildLine) => void,
    partOfStage: Readonly<Record<string, Part>>,
    { mask = nothingHidden, ...limits }: OutputLimits & { readonly mask?: SecretMask },
  ) {
    this.#onLine = onLine;
    this.#mask = mask;
    // BuildKit tells stages in lower case.
    this.#partOfStage = new Map(
      Object.entries(partOfStage).map(([stage, part]) => [stage.toLowerCase(), part]),
    );
    this.#limits = limits;
  }

  /** A line of our own: always told. */
  say(text: string): void {
    this.#onLine({ part: "AppRunner", text: cleanLine(text) });
  }

  observe({ vertexes, logs }: Progress): void {
    for (const vertex of vertexes) if (!vertex.isCompleted) this.#observeVertex(vertex);
    for (const log of logs) this.#observeLog(log);
    for (const vertex of vertexes) if (vertex.isCompleted) this.#observeVertex(vertex);
  }

  /** What must not be told, in words of the engine. */
  hide(text: string): string {
    return this.#mask.hide(text);
  }

  /** Oldest first: of the command that failed, or of the whole build where none did. */
  lastLines(): readonly string[] {
    const failed = this.#failed?.last ?? [];
    return failed.length > 0 ? failed : this.#last;
  }

  #observeVertex(vertex: Vertex): void {
    if (!vertex.isStarted && !vertex.isCached) return;
    const command = this.#commandOf(vertex.id, STEP.exec(vertex.name)?.[1]);
    if (!command.isTold) this.#tellHeading(command, vertex);
    if (!vertex.isCompleted) return;
    for (const line of command.lines.end()) this.#tellOutput(command, line);
    if (vertex.error === "") command.last.length = 0;
    else if (!isConsequence(vertex.error)) this.#failed ??= command;
  }

  #observeLog({ vertexId, bytes }: VertexLog): void {
    const command = this.#commandOf(vertexId, undefined);
    for (const line of command.lines.push(bytes)) this.#tellOutput(command, line);
  }

  #commandOf(vertexId: string, stage: string | undefined): Command {
    const known = this.#commands.get(vertexId);
    if (known !== undefined) return known;
    const part = this.#partOfStage.get(stage?.toLowerCase() ?? "") ?? DEFAULT_PART;
    const command = { part, lines: new TextLines(this.#mask), last: [], isTold: false };
    this.#commands.set(vertexId, command);
    return command;
  }

  /** What BuildKit does for itself (`[internal] …`, exporting) is nobody's news. */
  #tellHeading(command: Command, { name, isCached }: Vertex): void {
    const [, , step, text] = STEP.exec(name) ?? [];
    if (step === undefined || text === undefined) return;
    command.isTold = true;
    const instruction = this.#mask.hide(text.replace(/\s+/g, " ").trim());
    const heading = `[${step}] ${shownInstruction(instruction)}`;
    this.#tell({ part: command.part, text: cleanLine(isCached ? `${heading} (cached)` : heading) });
  }

  /** Empty lines, of which tools print many, say nothing in a log of lines. */
  #tellOutput(command: Command, text: string): void {
    if (text.trim() === "") return;
    remember(command.last, text);
    remember(this.#last, text);
    this.#tell({ part: command.part, text });
  }

  #tell(line: BuildLine): void {
    const isWithin = () => this.#lines <= this.#limits.lines && this.#bytes <= this.#limits.bytes;
    if (!isWithin()) return;
    this.#lines++;
    this.#bytes += Buffer.byteLength(line.text);
    if (isWithin()) this.#onLine(line);
    else this.say("Output truncated: the build says more than its log takes. It goes on.");
  }
}

/** Other commands are cancelled when one fails. */
function isConsequence(error: string): boolean {
  return /context canceled/i.test(error);
}

function remember(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > LAST_LINES) lines.shift();
}
