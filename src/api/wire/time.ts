/** Epoch milliseconds of the domain → dates of the contract. */

export function toDate(epochMs: number): Date {
  return new Date(epochMs);
}

export function toOptionalDate(epochMs: number | null): Date | undefined {
  return epochMs === null ? undefined : new Date(epochMs);
}
