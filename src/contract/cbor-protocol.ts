// Smithy's RPC v2 CBOR: `POST /service/<service>/operation/<operation>` with the header Smithy-Protocol, bodies in CBOR.
import { Encoder } from "cbor-x";
import { parseCbor } from "./cbor-bytes.ts";
import { errorShapes, fitMessage, WireError } from "./errors.ts";
import { operationNamed, operationOf } from "./operations.ts";
import type { Protocol, WireCall, WireHead } from "./protocol.ts";
import { queryErrorHeader } from "./reply.ts";
import { plainBody } from "./plain-body.ts";
import { servicePrefixOf } from "./wire-service.ts";
import { toWireValue } from "./wire-value.ts";

const NAME = "rpc-v2-cbor";
const CBOR = "application/cbor";
const PATH = /^\/service\/([^/]{1,128})\/operation\/([^/]{1,128})$/;

/** Plain maps, no extensions: what every reader of CBOR knows. Dates become tag 1. */
const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });

export function isCborCall({ path, headers }: WireHead): boolean {
  return headers["smithy-protocol"] === NAME || PATH.test(path);
}

export const cborProtocol: Protocol = {
  serviceOf: ({ path }) => servicePrefixOf(`${PATH.exec(path)?.[1] ?? ""}.`),
  open(call) {
    const { path, headers } = call;
    const [, service, name] = PATH.exec(path) ?? [];
    if (service === undefined || name === undefined) {
      throw new WireError(
        "UnknownOperationException",
        "With Smithy-Protocol the path must be /service/<service>/operation/<operation>.",
      );
    }
    if (headers["smithy-protocol"] !== NAME) {
      throw new WireError(
        "UnknownOperationException",
        `On this path the header Smithy-Protocol must be ${NAME}.`,
      );
    }
    return {
      operation: operationNamed(service, name),
      readInput: () => readInput(call),
    };
  },
  writeOutput(name, output, requestId) {
    const value = toWireValue(operationOf(name).model.output, output, (date) => date);
    return { status: 200, headers: headersOf(requestId), body: encoder.encode(value) };
  },
  writeError({ code, message }, requestId, service = "AppRunner") {
    return {
      status: errorShapes[code].status,
      headers: { ...headersOf(requestId), ...queryErrorHeader(code, service) },
      body: encoder.encode({ __type: code, Message: fitMessage(message), message: fitMessage(message) }),
    };
  },
};

/** Operations without an input send no body and no type. */
function readInput(call: WireCall): unknown {
  const body = plainBody(call);
  if (body.length === 0) return {};
  if (call.headers["content-type"] !== CBOR) {
    throw new WireError("MalformedHttpRequestException", `The header Content-Type must be ${CBOR}.`);
  }
  return parseCbor(body);
}

function headersOf(requestId: string): Record<string, string> {
  return { "content-type": CBOR, "smithy-protocol": NAME, "x-amzn-requestid": requestId };
}
