import { connect } from "node:net";
import { ListServicesCommand } from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, sendRaw, sign, type Unsigned } from "./testing/signed-request.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;

beforeEach(async () => {
  slipway = await startTestApi();
});
afterEach(() => slipway.close());

async function post(
  unsigned: Unsigned,
): Promise<{ readonly status: number; readonly type: unknown; readonly text: string }> {
  const answer = await sendRaw(slipway.endpoint, await sign(unsigned, slipway.key));
  const { __type: type } = JSON.parse(answer.text) as { readonly __type?: unknown };
  return { status: answer.status, type, text: answer.text };
}

const get = (target: string, method = "GET") =>
  sendRaw(slipway.endpoint, { method, target, headers: {}, body: Buffer.alloc(0) });

/** What a browser shows of the page's one command. */
function preformatted(html: string): string {
  const [, text = ""] = /<pre>([\s\S]*)<\/pre>/.exec(html) ?? [];
  return text.replaceAll(/&#(\d+);/g, (_whole, code: string) => String.fromCharCode(Number(code)));
}

/** Bytes as they are, and all that comes back. */
function talk(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(slipway.endpoint);
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("hostile bodies get a modelled refusal", () => {
  const list = (body: string | Uint8Array): Unsigned => ({ ...call("AppRunner.ListServices", {}), body });

  test.each([
    ["a megabyte of brackets", list("[".repeat(1_048_576)), 400, "SerializationException"],
    ["a hundred thousand nested objects", list('{"a":'.repeat(100_000)), 400, "SerializationException"],
    [
      "bytes that are no UTF-8",
      list(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])),
      400,
      "SerializationException",
    ],
    ["NUL bytes", list("\0\0\0\0"), 400, "SerializationException"],
    ["half an object", list('{"MaxResults":'), 400, "SerializationException"],
    ["a list where an object belongs", list("[]"), 400, "SerializationException"],
    ["a string for a number", list('{"MaxResults":"5"}'), 400, "SerializationException"],
    ["an object for a string", list('{"NextToken":{}}'), 400, "SerializationException"],
    ["a number out of range", list('{"MaxResults":21}'), 400, "InvalidRequestException"],
    ["a number that is not whole", list('{"MaxResults":1.5}'), 400, "SerializationException"],
    ["a token out of thin air", list('{"NextToken":"abc"}'), 400, "InvalidRequestException"],
    ["two megabytes", list("x".repeat(2_097_152)), 413, "RequestEntityTooLargeException"],
  ])("%s", async (_name, unsigned, status, type) => {
    const answer = await post(unsigned);
    expect(answer.type).toBe(type);
    expect(answer.status).toBe(status);
  });

  test("__proto__ and constructor keys are members nobody knows, and pollute nothing", async () => {
    const body = '{"__proto__":{"MaxResults":"x"},"constructor":{"prototype":{"polluted":1}}}';
    expect(await post(list(body))).toMatchObject({ status: 200 });
    expect({}).not.toHaveProperty("polluted");
  });

  test("unknown members are ignored and null counts as absent", async () => {
    expect(await post(list('{"Nonsense":[1],"NextToken":null}'))).toMatchObject({ status: 200 });
    expect(await post(list(""))).toMatchObject({ status: 200 });
  });

  test("ten megabytes are refused before they are read", async () => {
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10485760\r\n\r\n`;
    expect(await talk(head)).toMatch(/^HTTP\/1\.1 413 [\s\S]*RequestEntityTooLargeException/);
  });

  test("the server still answers afterwards", async () => {
    await post(list("[".repeat(1_048_576)));
    expect(await slipway.client.send(new ListServicesCommand({}))).toMatchObject({ ServiceSummaryList: [] });
  });
});

describe("what is no call of the API gets a modelled refusal", () => {
  test.each([
    ["an unknown operation", "AppRunner.MakeCoffee"],
    ["another service", "DynamoDB_20120810.ListTables"],
    ["an inherited name", "AppRunner.constructor"],
    ["no service", "ListServices"],
  ])("%s", async (_name, target) => {
    expect(await post(call(target, {}))).toMatchObject({ status: 404, type: "UnknownOperationException" });
  });

  test("no target", async () => {
    const headers = { "content-type": "application/x-amz-json-1.0" };
    expect(await post({ headers, body: "{}" })).toMatchObject({
      status: 404,
      type: "UnknownOperationException",
    });
  });

  test("another content type", async () => {
    const headers = { "content-type": "text/plain", "x-amz-target": "AppRunner.ListServices" };
    expect(await post({ headers, body: "{}" })).toMatchObject({
      status: 400,
      type: "MalformedHttpRequestException",
    });
  });

  test.each([
    ["GET", "/services"],
    ["PUT", "/"],
    ["DELETE", "/"],
    ["OPTIONS", "/"],
    ["POST", "/x"],
    ["GET", "/%"],
    ["GET", "/../../etc/passwd"],
  ])("%s %s", async (method, target) => {
    const answer = await get(target, method);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(JSON.parse(answer.text)).toHaveProperty("__type");
    expect(answer.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("bytes that are no HTTP", async () => {
    const answer = await talk("\x16\x03\x01 hello\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*MalformedHttpRequestException/);
  });

  test.each([
    ["no Host", "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}", "MissingAuthenticationTokenException"],
    [
      "an Expect that nobody knows",
      "POST / HTTP/1.1\r\nhost: x\r\nexpect: tea\r\ncontent-length: 2\r\n\r\n{}",
      "MalformedHttpRequestException",
    ],
  ])("%s", async (_name, bytes, type) => {
    const answer = await talk(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 4\\d\\d [\\s\\S]*x-amzn-requestid: [\\s\\S]*${type}`));
  });

  test("a megabyte of headers", async () => {
    const answer = await talk(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${"a".repeat(1_000_000)}\r\n\r\n`).catch(
      () => "reset",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400|^reset/);
  });
});

describe("the pages", () => {
  test("the health page says nothing but that it is there", async () => {
    const answer = await get("/health");
    expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}']);
  });

  test("the health page is 503 with what is waited for until services are looked after", async () => {
    const starting = await startTestApi({ waitingFor: () => "engine" });
    const health = { method: "GET", target: "/health", headers: {}, body: Buffer.alloc(0) };
    const answer = await sendRaw(starting.endpoint, health);
    expect([answer.status, answer.text]).toEqual([503, '{"status":"starting","waitingFor":"engine"}']);
    await starting.close();
  });

  test("the health page is 200 while services wait for their first instances, and says so", async () => {
    const starting = await startTestApi({ areServicesBack: () => false });
    const health = { method: "GET", target: "/health", headers: {}, body: Buffer.alloc(0) };
    const answer = await sendRaw(starting.endpoint, health);
    expect([answer.status, answer.text]).toEqual([200, '{"status":"ok","waitingFor":"services"}']);
    await starting.close();
  });

  test("the landing page explains the endpoint, runs nothing and holds no data", async () => {
    const answer = await get("/");
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toMatch(/^text\/html/);
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(answer.text).toContain("--endpoint-url http://127.0.0.1:7070");
    expect(answer.text).not.toContain(slipway.key.id);
    expect(answer.text).not.toContain("<script");
  });

  test("the landing page's line works as pasted on this machine", async () => {
    const { text } = await get("/");
    expect(preformatted(text)).toBe(
      "env AWS_SHARED_CREDENTIALS_FILE=/var/lib/slipway/credentials AWS_PROFILE=slipway \\\n" +
        "  aws apprunner list-services --region us-east-1 --endpoint-url http://127.0.0.1:7070",
    );
  });
});

describe("the server's own life", () => {
  test("a taken port is refused with its number and a remedy", async () => {
    const port = Number(new URL(slipway.endpoint).port);
    await expect(startTestApi({}, port)).rejects.toThrow(
      new RegExp(`port ${port}: another program listens there.*SLIPWAY_API_PORT`),
    );
  });

  test("close lets a request in flight end and refuses new ones", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const begun = Promise.withResolvers<void>();
    const busy = await startTestApi({
      runDoctor: async () => {
        begun.resolve();
        await held;
        return [];
      },
    });
    const signed = await sign(call("Slipway.RunDoctor", {}), busy.key);
    const answer = sendRaw(busy.endpoint, signed);
    await begun.promise;
    const closed = busy.api.close();
    release();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(sendRaw(busy.endpoint, signed)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
    await busy.store.close();
  });
});
