/** How the store's lists are read: page by page. */

/** Lists are ordered and resumed by key, so that a page costs what it holds. */
export interface PageRequest {
  /** The `lastKey` of the page before; null for the first. Throws ForeignToken when it cannot be one. */
  readonly after: string | null;
  /** At least 1. */
  readonly limit: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null when this was the last page. */
  readonly lastKey: string | null;
}
