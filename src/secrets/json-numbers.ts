/** Not in the types yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (source: string) => unknown };

/** For JSON.parse: an account number of twenty digits has more than a JavaScript number can. Others stay numbers. */
export function withNumbersAsWritten(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  const source = typeof value === "number" ? context?.source : undefined;
  return source === undefined || source === String(value) ? value : rawJSON(source);
}
