// A body as it was before the client compressed it, bounded as any other. (CloudWatch's clients compress large PutMetricData.)
import { gunzipSync } from "node:zlib";
import { WireError } from "./errors.ts";
import type { WireCall } from "./protocol.ts";
import { checkBodySize, maxBodyBytes } from "./request.ts";
import { quote } from "./violation.ts";

export function plainBody({ headers, body }: Pick<WireCall, "headers" | "body">): Uint8Array {
  const encoding = headers["content-encoding"];
  checkBodySize(body);
  if (encoding === undefined || encoding === "identity") return body;
  if (encoding === "gzip") return unzip(body);
  throw new WireError(
    "MalformedHttpRequestException",
    `The header Content-Encoding is ${quote(String(encoding))}; it may only be gzip.`,
  );
}

function unzip(body: Uint8Array): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new WireError(
        "RequestEntityTooLargeException",
        `The body has more than ${maxBodyBytes} bytes when it is unpacked.`,
      );
    }
    throw new WireError("SerializationException", "The body is not the gzip that Content-Encoding says.");
  }
}
