import { expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../test/support/processor-time.ts";
import { WireError } from "./errors.ts";
import { maxBodyBytes, parseBody, parseRequest } from "./request.ts";

const headers = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-target": "AppRunner.ListServices",
};

function refusal(body: string | Uint8Array, changed: Record<string, string | undefined> = {}): WireError {
  try {
    parseRequest({ headers: { ...headers, ...changed }, body: Buffer.from(body) });
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error("the request was accepted");
}

test("target and body give operation and value", () => {
  const { operation, value } = parseRequest({ headers, body: Buffer.from('{"MaxResults":5}') });
  expect(operation).toMatchObject({ name: "ListServices", service: "AppRunner" });
  expect(value).toEqual({ MaxResults: 5 });
});

test("our own prefix is understood", () => {
  const own = { ...headers, "x-amz-target": "Slipway.GetInfo" };
  expect(parseRequest({ headers: own, body: Buffer.from("{}") }).operation.name).toBe("GetInfo");
});

test("an empty body is an empty object", () => {
  expect(parseBody(new Uint8Array())).toEqual({});
});

test.each([
  undefined,
  "",
  "ListServices",
  "AppRunner.constructor",
  "Slipway.ListServices",
  "apprunner.ListServices",
])("target %j is an unknown operation", (target) => {
  const error = refusal("{}", { "x-amz-target": target });
  expect([error.code, error.status]).toEqual(["UnknownOperationException", 404]);
  expect(error.message).toContain("AppRunner.<Operation> or Slipway.<Operation>");
  expect(error.message).toContain("CloudWatch Logs, CloudWatch, CloudTrail, IAM or STS");
});

test("a content type is required and may have parameters", () => {
  const type = "application/X-AMZ-JSON-1.0 ; charset=utf-8";
  expect(() =>
    parseRequest({ headers: { ...headers, "content-type": type }, body: Buffer.from("{}") }),
  ).not.toThrow();
  for (const wrong of [undefined, "application/json", "text/plain"]) {
    expect(refusal("{}", { "content-type": wrong }).code).toBe("MalformedHttpRequestException");
  }
});

test("bytes that are not UTF-8 are refused, not repaired", () => {
  expect(refusal(Uint8Array.of(0x22, 0xc3, 0x28, 0x22))).toMatchObject({
    code: "SerializationException",
    status: 400,
  });
});

test("malformed JSON is refused without quoting it", () => {
  for (const body of ['{"a": hunter2}', '{"StartCommand":"hunter2"', '{"a":1,}', "hunter2", '{"hunter2"}']) {
    const error = refusal(body);
    expect(error.code).toBe("SerializationException");
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain("hunter2");
  }
});

test("a megabyte of brackets is refused cheaply", MEASURED, () => {
  const spentMs = countProcessorMs();
  for (const opener of ["[", '{"a":', '{"a":[']) {
    const body = opener.repeat(Math.floor(1_000_000 / opener.length));
    expect(refusal(body).message).toContain("nests more than 32 levels");
  }
  expect(refusal("]".repeat(500_000) + "[".repeat(500_000)).code).toBe("SerializationException");
  expect(spentMs()).toBeLessThan(500);
});

test("32 levels are allowed, 33 are not, and brackets in strings do not count", () => {
  const nested = (levels: number): Buffer => Buffer.from("[".repeat(levels) + "]".repeat(levels));
  expect(() => parseBody(nested(32))).not.toThrow();
  expect(() => parseBody(nested(33))).toThrow(WireError);
  const text = String.raw`\"[[{\\`.repeat(100);
  expect(parseBody(Buffer.from(`{"a":"${text}"}`))).toEqual({ a: JSON.parse(`"${text}"`) });
});

test("too many bytes are refused unread", () => {
  expect(refusal(Buffer.alloc(maxBodyBytes + 1, " "))).toMatchObject({
    code: "RequestEntityTooLargeException",
    status: 413,
  });
});
