// The protocols of the front door, and which one a request speaks.
import { cborProtocol, isCborCall } from "./cbor-protocol.ts";
import { jsonProtocol } from "./json-protocol.ts";
import type { Protocol, WireHead } from "./protocol.ts";
import { isQueryCall, queryProtocol } from "./query-protocol.ts";

/** JSON where nothing says otherwise. */
export function protocolOf(head: WireHead): Protocol {
  if (isCborCall(head)) return cborProtocol;
  return isQueryCall(head) ? queryProtocol : jsonProtocol;
}
