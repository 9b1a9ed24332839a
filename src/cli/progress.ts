/** What a command that takes a while tells meanwhile. */

/** Live lines of something that takes a while. */
export interface Progress {
  line(text: string): void;
  /** What is going on now; shown where something is drawn. */
  phase(text: string): void;
  succeed(text: string): void;
  /** The lines stay on the screen. */
  fail(text: string): void;
}

/** Progress for logs and pipes: every line as it comes. */
export function plainProgress(title: string, stream: { write(text: string): unknown }): Progress {
  stream.write(`${title}\n`);
  return {
    line: (text) => void stream.write(`  ${text}\n`),
    // The lines tell it by themselves.
    phase: () => undefined,
    succeed: (text) => void stream.write(`${text}\n`),
    fail: (text) => void stream.write(`${text}\n`),
  };
}
