/** The one error the command line shows to people: what went wrong, and the next thing to do. */

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

export class CliFailure extends Error {
  override readonly name = "CliFailure";
  /** One line that says what to do next. */
  readonly hint: string | undefined;
  /** Further lines, for instance the last output of an application. */
  readonly details: readonly string[];
  readonly exitCode: number;

  constructor(
    message: string,
    options: {
      readonly hint?: string;
      readonly details?: readonly string[];
      readonly exitCode?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.details = options.details ?? [];
    this.exitCode = options.exitCode ?? EXIT_FAILED;
  }
}

/** A mistake in what was typed. */
export function usageFailure(message: string, hint?: string): CliFailure {
  return new CliFailure(message, { exitCode: EXIT_USAGE, ...(hint === undefined ? {} : { hint }) });
}
