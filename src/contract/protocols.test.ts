// What every protocol refuses, and how: bytes that no client of AWS's sends.
import { gzipSync } from "node:zlib";
import { Encoder } from "cbor-x";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCbor } from "./cbor-bytes.ts";
import { WireError } from "./errors.ts";
import { parseForm } from "./form-text.ts";
import { protocolOf } from "./protocols.ts";
import type { WireCall } from "./protocol.ts";
import { queryProtocol } from "./query-protocol.ts";
import { readParameters } from "./query-parameters.ts";
import { maxBodyBytes } from "./request.ts";
import { xmlElement } from "./xml-text.ts";

const requestId = "0d990263-018e-4e65-a703-eff731de951e";
const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
const cbor = { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };
const path = "/service/GraniteServiceVersion20100801/operation/ListMetrics";
const encoder = new Encoder({ useRecords: false });

function read(call: WireCall): unknown {
  const { operation, readInput } = protocolOf(call).open(call);
  return { operation: operation.name, input: readInput() };
}

function refusal(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const query = (body: string, headers: Record<string, string> = {}): WireCall => ({
  path: "/",
  headers: { ...form, ...headers },
  body: Buffer.from(body),
});
const parameters = (text: string, structure = "GetMetricDataInput") =>
  readParameters(structure, parseForm(Buffer.from(text)));
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

test("a form names the operation and its parameters", () => {
  const body = "Action=ListMetrics&Version=2010-08-01&Dimensions.member.1.Name=a+b%26%C3%A9&Unknown.x=1";
  expect(read(query(body))).toEqual({
    operation: "GraniteServiceVersion20100801.ListMetrics",
    input: { Dimensions: [{ Name: "a b&é" }] },
  });
});

test.each([
  ["Version=2010-08-01", "The parameter Action is missing"],
  ["Action=ListMetrics", "The parameter Version is missing; it must be 2010-08-01"],
  ["Action=ListMetrics&Version=2014-01-01", 'is "2014-01-01"; it must be 2010-08-01'],
  ["Action=Nothing&Version=2010-08-01", "names no operation"],
  ["Action=constructor&Version=2010-08-01", "names no operation"],
  ["Action=ListMetrics&Action=ListMetrics&Version=2010-08-01", "a parameter twice"],
  ["Action=%FF", "percent sign"],
])("the form %j is refused", (body, problem) => {
  expect(refusal(() => read(query(body))).message).toContain(
    problem.startsWith("names") ? "Version" : problem,
  );
});

test("the index of a list is a place in an order, and costs nothing", () => {
  const ids =
    "MetricDataQueries.member.999999999.Id=c&MetricDataQueries.member.2.Id=a&MetricDataQueries.member.10.Id=b";
  expect(parameters(ids)).toEqual({ MetricDataQueries: [{ Id: "a" }, { Id: "b" }, { Id: "c" }] });
});

test.each([
  ["MetricDataQueries.member.0.Id=a", "has no index"],
  ["MetricDataQueries.member.1000000000.Id=a", "has no index"],
  ["MetricDataQueries.member.-1.Id=a", "has no index"],
  ["MetricDataQueries.1.Id=a", "is a list; write its elements as .member.1"],
  ["MetricDataQueries=a", "is a list"],
  ["ScanBy.member.1=a", "has no value of its own"],
  [`${"a.".repeat(33)}a=1`, "more than 32 levels"],
])("%s is refused", (text, problem) => {
  expect(refusal(() => parameters(text)).message).toContain(problem);
});

test("more parameters than anybody needs are refused before they are read", () => {
  const many = Array.from({ length: 10_001 }, (_, index) => `p${index}=1`).join("&");
  expect(refusal(() => parameters(many)).message).toContain("more than 10000 parameters");
});

test.each<[string, unknown]>([
  ["StartTime=2026-01-31T10:00:00Z", 1_769_853_600],
  ["StartTime=2026-01-31T10:00:00.250Z", 1_769_853_600.25],
  ["StartTime=2026-01-31T10:00:00", 1_769_853_600],
  ["StartTime=2026-01-31T12:00:00%2B02:00", 1_769_853_600],
  ["StartTime=1769853600", 1_769_853_600],
  ["StartTime=yesterday", "yesterday"],
])("%s is a time", (text, expected) => {
  expect(parameters(text)).toEqual({ StartTime: expected });
});

test("values are of the model's types, and what cannot be is left for the validator", () => {
  const text =
    "Period=60&Threshold=1.5e3&ActionsEnabled=false&AlarmName=12&EvaluationPeriods=many&OKActions=";
  expect(parameters(text, "PutMetricAlarmInput")).toEqual({
    Period: 60,
    Threshold: 1500,
    ActionsEnabled: false,
    AlarmName: "12",
    EvaluationPeriods: "many",
    OKActions: [],
  });
});

test("XML holds any text, and what XML cannot hold is replaced", () => {
  expect(xmlElement("a", "<b>&\r\n\u0000\u001F\uD800é")).toBe(
    "<a>&lt;b&gt;&amp;&#xD;\n\uFFFD\uFFFD\uFFFDé</a>",
  );
});

test("errors are written in the protocol they came in", () => {
  const error = { code: "InvalidParameterValueException", message: "a <b>" } as const;
  const xml = protocolOf(query("")).writeError(error, requestId, "GraniteServiceVersion20100801");
  expect(xml).toEqual({
    status: 400,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body:
      '<ErrorResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><Error><Type>Sender</Type>' +
      "<Code>InvalidParameterValue</Code><Message>a &lt;b&gt;</Message></Error>" +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`,
  });
  const call = { path, headers: cbor, body: Buffer.alloc(0) };
  const binary = protocolOf(call).writeError(error, requestId, "GraniteServiceVersion20100801");
  expect(binary.headers).toMatchObject({
    "smithy-protocol": "rpc-v2-cbor",
    "x-amzn-query-error": "InvalidParameterValue;Sender",
  });
  expect(parseCbor(Buffer.from(binary.body as Uint8Array))).toMatchObject({
    __type: error.code,
    message: "a <b>",
  });
});

test("CBOR names the operation in its path, and times are times", () => {
  const body = encoder.encode({ StartTime: new Date(1500), MaxDatapoints: 5, ScanBy: null });
  const call = { path: path.replace("ListMetrics", "GetMetricData"), headers: cbor, body };
  expect(read(call)).toEqual({
    operation: "GraniteServiceVersion20100801.GetMetricData",
    input: { StartTime: new Date(1500), MaxDatapoints: 5, ScanBy: null },
  });
  expect(read({ path, headers: cbor, body: Buffer.alloc(0) })).toMatchObject({ input: {} });
});

test.each([
  [{ path: "/", headers: cbor }, "the path must be /service/<service>/operation/<operation>"],
  [{ path, headers: {} }, "Smithy-Protocol must be rpc-v2-cbor"],
  [{ path, headers: { ...cbor, "content-type": "text/plain" } }, "Content-Type must be application/cbor"],
  [{ path: "/service/toString/operation/x", headers: cbor }, "names no operation"],
])("CBOR with %o is refused", (head, problem) => {
  expect(refusal(() => read({ ...head, body: encoder.encode({}) })).message).toContain(problem);
});

test.each([
  ["a1 61 61 01", { a: 1 }],
  ["bf 61 61 9f 01 02 ff ff", { a: [1, 2] }],
  ["a1 61 74 c1 fb 3f f8 00 00 00 00 00 00", { t: new Date(1500) }],
])("CBOR %s is read", (bytes, value) => {
  expect(parseCbor(hex(bytes))).toEqual(value);
});

test.each([
  ["", "ends within a value"],
  ["a1 61 61", "ends within a value"],
  ["9b ff ff ff ff ff ff ff ff", "ends within a value"],
  ["ba ff ff ff ff", "ends within a value"],
  ["7b 7f ff ff ff ff ff ff ff", "ends within a value"],
  ["81".repeat(40), "nests more than 32 levels"],
  ["9f".repeat(100_000), "nests more than 32 levels"],
  ["01 01", "more than one value"],
  ["d8 1c 80", "holds tag 28"],
  ["d8 1b 82 66 52 65 67 45 78 70 61 61", "holds tag 27"],
  ["df 01 ff", "number, text or tag of no size"],
  ["7f 61 61 ff", "number, text or tag of no size"],
  ["f8 20", "neither a number"],
  ["1c", "reserved size"],
  ["bf 61 61 ff", "a name without a value"],
])("CBOR %s is refused", (bytes, problem) => {
  const error = refusal(() => parseCbor(hex(bytes)));
  expect([error.code, error.message]).toEqual(["SerializationException", expect.stringContaining(problem)]);
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}

const isRefusal = (error: unknown): boolean => error === null || error instanceof WireError;

test("any bytes are CBOR or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(thrownBy(() => parseCbor(bytes))).toSatisfy(isRefusal);
    }),
    { numRuns: 5000 },
  );
});

test("a packed body is unpacked, and never to more than a body may have", () => {
  const packed = (text: Buffer | string) => ({
    ...query(""),
    headers: { ...form, "content-encoding": "gzip" },
    body: gzipSync(text),
  });
  expect(read(packed("Action=ListMetrics&Version=2010-08-01"))).toMatchObject({
    operation: "GraniteServiceVersion20100801.ListMetrics",
  });
  expect(refusal(() => read(packed(Buffer.alloc(maxBodyBytes + 1)))).code).toBe(
    "RequestEntityTooLargeException",
  );
  const broken = { ...packed(""), body: Buffer.from("no gzip") };
  expect(refusal(() => read(broken)).message).toContain("not the gzip");
  expect(refusal(() => read(query("", { "content-encoding": "br" }))).message).toContain("may only be gzip");
});

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

test.each([
  ["iam", "2010-05-08", "GetUser", "AWSIdentityManagementV20100508.GetUser"],
  ["sts", "2011-06-15", "GetCallerIdentity", "AWSSecurityTokenServiceV20110615.GetCallerIdentity"],
  ["monitoring", "2010-08-01", "ListMetrics", "GraniteServiceVersion20100801.ListMetrics"],
])("a query that is signed for %s is of that service, in its version", (service, version, action, name) => {
  const call = query(`Action=${action}&Version=${version}`, signedFor(service));
  expect(read(call)).toEqual({ operation: name, input: {} });
  const wrong = query(`Action=${action}&Version=2000-01-01`, signedFor(service));
  expect(refusal(() => read(wrong)).message).toBe(
    `The parameter Version is "2000-01-01"; it must be ${version}.`,
  );
});

test("answers of the query protocol bear the namespace of their service, and its codes", () => {
  const answer = queryProtocol.writeOutput(
    "AWSIdentityManagementV20100508.ListAccountAliases",
    { AccountAliases: [], IsTruncated: false },
    requestId,
  );
  expect(answer.body).toBe(
    '<ListAccountAliasesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccountAliasesResult>' +
      "<AccountAliases></AccountAliases><IsTruncated>false</IsTruncated></ListAccountAliasesResult>" +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></ListAccountAliasesResponse>`,
  );
  const expired = queryProtocol.writeError(
    { code: "ExpiredTokenException", message: "over" },
    requestId,
    "AWSSecurityTokenServiceV20110615",
  );
  expect([expired.status, expired.body]).toEqual([
    403,
    expect.stringContaining(
      'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>ExpiredToken</Code>',
    ),
  ]);
});
