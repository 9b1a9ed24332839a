/** A request as the verifier sees it: the bytes the client signed, nothing decoded, joined or reordered by a framework. */
import type { WireHead } from "../../contract/index.ts";

/** All of it but the body: what is known before the body is read. */
export interface RequestHead {
  readonly method: string;
  /** Request target as it stood in the request line: path and query. */
  readonly target: string;
  /** Names and values in turn, as they came (node:http `rawHeaders`). */
  readonly rawHeaders: readonly string[];
  /** Of the connection; behind proxies that are believed, what they tell. Nothing that any other header says. */
  readonly sourceAddress?: string | undefined;
}

export interface SignedRequest extends RequestHead {
  readonly body: Uint8Array;
}

/** Lower-case name → values in order of arrival. */
export type HeaderValues = ReadonlyMap<string, readonly string[]>;

export function headerValues(rawHeaders: readonly string[]): HeaderValues {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [rawHeaders[index + 1] ?? ""]);
    else values.push(rawHeaders[index + 1] ?? "");
  }
  return headers;
}

/** The same for who reads the protocol: the path without its query, of each header the first value. */
export function wireHead({ target, rawHeaders }: RequestHead): WireHead {
  const first = [...headerValues(rawHeaders)].map(([name, [value]]) => [name, value] as const);
  return { path: target.split("?", 1)[0] ?? "/", headers: Object.fromEntries(first) };
}
