// AWS JSON 1.0 and 1.1: `POST /`, the operation in X-Amz-Target, a JSON body.
import type { Protocol } from "./protocol.ts";
import { encodeError, encodeOutput, encodeStream } from "./reply.ts";
import { plainBody } from "./plain-body.ts";
import { checkContentType, parseBody, parseTarget } from "./request.ts";
import { servicePrefixOf } from "./wire-service.ts";

export const jsonProtocol: Protocol = {
  serviceOf({ headers }) {
    const target = headers["x-amz-target"];
    return servicePrefixOf(typeof target === "string" ? target : undefined);
  },
  open(call) {
    const { headers } = call;
    const operation = parseTarget(headers);
    return {
      operation,
      readInput: () => {
        checkContentType(headers, operation);
        return parseBody(plainBody(call));
      },
    };
  },
  writeOutput: (operation, output, requestId) =>
    encodeStream(operation, output, requestId) ??
    // That name and output belong together is lost on a union.
    encodeOutput(operation, output as never, requestId),
  writeError: encodeError,
};
