/** A row that breaks a rule of the layout (uniqueness, reference, not null): always a bug of ours, never of a caller. */
export class RefusedRow extends Error {
  override readonly name = "RefusedRow";

  constructor(cause: unknown) {
    super(`the database refused a row: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
