/** Addresses of secrets' and parameters' pages. Names hold slashes. */
export function secretHref(name: string): string {
  return `#/secrets/${encodeURIComponent(name)}`;
}

export function parameterHref(name: string): string {
  return `#/parameters/${encodeURIComponent(name)}`;
}
