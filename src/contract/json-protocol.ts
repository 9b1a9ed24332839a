// AWS JSON 1.0 and 1.1: `POST /`, the operation in X-Amz-Target, a JSON body.
import type { Protocol } from "./protocol.ts";
import { encodeError, encodeOutput } from "./reply.ts";
import { checkContentType, parseBody, parseTarget } from "./request.ts";
import { servicePrefixOf } from "./wire-service.ts";

export const jsonProtocol: Protocol = {
  serviceOf({ headers }) {
    const target = headers["x-amz-target"];
    return servicePrefixOf(typeof target === "string" ? target : undefined);
  },
  open({ headers, body }) {
    const operation = parseTarget(headers);
    return {
      operation,
      readInput: () => {
        checkContentType(headers, operation);
        return parseBody(body);
      },
    };
  },
  writeOutput: (operation, output, requestId) =>
    // That name and output belong together is lost on a union.
    encodeOutput(operation, output as never, requestId),
  writeError: encodeError,
};
