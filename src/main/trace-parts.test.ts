import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestCollector } from "../../test/support/collector.ts";
import { freePort } from "../../test/support/free-port.ts";
import type { Store } from "../ports/store.ts";
import { checkTraces, tracedServices } from "./doctor-traces.ts";
import { readSettings, SettingsError } from "./settings.ts";
import { buildTraceParts, collectorOfInstances, instanceEndpoint, openCollector } from "./trace-parts.ts";

let directory: string;
let headers: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-traces-"));
  headers = join(directory, "headers");
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = (environment: Readonly<Record<string, string>> = {}) =>
  readSettings({ SLIPWAY_STATE_DIR: directory, ...environment });
const withEndpoint = (endpoint: string, others: Readonly<Record<string, string>> = {}) =>
  read({ SLIPWAY_OTLP_ENDPOINT: endpoint, ...others });
const logger = { warn: () => undefined };
/** Nothing asks it. */
const store = {} as unknown as Store;
const readParts = () => buildTraceParts({ settings: read(), store, installationId: "1", logger });
const never = new AbortController().signal;

describe("without a collector", () => {
  it("nothing is traced", async () => {
    expect(readParts().tracer).toBeNull();
    expect(instanceEndpoint(read())).toBeUndefined();
    expect(collectorOfInstances(read())).toBeNull();
    expect(await checkTraces(read())).toMatchObject({
      status: "ok",
      detail: expect.stringMatching(/^off: /),
    });
  });
});

describe("services with tracing switched on, without a collector", () => {
  const observability = { isEnabled: true };
  const tables = {
    services: {
      listByStatus: async () => [
        { id: "1", name: "shop", configuration: { observability }, activeReleaseNumber: 7 },
        { id: "2", name: "quiet", configuration: { observability }, activeReleaseNumber: 1 },
        { id: "3", name: "plain", configuration: {}, activeReleaseNumber: 1 },
      ],
    },
    releases: { get: async (id: string) => (id === "2" ? {} : { tracing: "AWSXRAY" }) },
  } as unknown as Store;

  it("are a warning that names them", async () => {
    const traced = await tracedServices(tables);
    expect(traced).toEqual(["shop"]);
    expect(await checkTraces(read(), traced)).toMatchObject({
      status: "warning",
      detail: "Off, though tracing is switched on for shop: the setting otlpEndpoint names no collector",
      remedy: expect.stringContaining("Set otlpEndpoint"),
    });
  });
});

describe("where instances send their spans", () => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);

  it.each(["http://collector.example.com:4318", "https://192.0.2.7/otlp"])("to %s as it is", (endpoint) => {
    expect(instanceEndpoint(withEndpoint(endpoint))).toBe(endpoint);
  });

  it.each([
    "http://127.0.0.1:4318",
    "http://localhost:4318",
    "http://10.1.2.3:4318",
    "http://[2001:db8::1]:4318",
    `http://${own?.address ?? "127.0.0.2"}:4318`,
  ])("not to %s, which they are kept from", (endpoint) => {
    expect(instanceEndpoint(withEndpoint(endpoint))).toBeUndefined();
  });

  it("to the address that is set for them, which the firewall lets pass when it is one", () => {
    const set = (endpoint: string) =>
      withEndpoint("http://127.0.0.1:4318", { SLIPWAY_OTLP_INSTANCE_ENDPOINT: endpoint });
    expect(instanceEndpoint(set("http://10.1.2.3:4318"))).toBe("http://10.1.2.3:4318");
    expect(collectorOfInstances(set("http://10.1.2.3:4318"))).toEqual({ address: "10.1.2.3", port: 4318 });
    expect(collectorOfInstances(set("https://10.1.2.3/otlp"))).toEqual({ address: "10.1.2.3", port: 443 });
    expect(collectorOfInstances(set("http://collector.example.com"))).toBeNull();
    expect(collectorOfInstances(set("http://127.0.0.1:4318"))).toBeNull();
  });
});

describe("headers for the collector", () => {
  it("are read from a file, a line each", async () => {
    await using server = await TestCollector.listen();
    writeFileSync(headers, "# of the vendor\nAuthorization: Bearer a:b=\n\nx-team:  shop \n");
    const collector = openCollector(withEndpoint(server.endpoint, { SLIPWAY_OTLP_HEADERS_FILE: headers }));
    await collector?.send([], never);
    collector?.close();
    expect(server.requests[0]?.headers).toMatchObject({ authorization: "Bearer a:b=", "x-team": "shop" });
  });

  it("that are none are refused by line, without what they say", () => {
    writeFileSync(headers, "Authorization: x\nsecret words\n");
    const settings = withEndpoint("http://127.0.0.1:1", { SLIPWAY_OTLP_HEADERS_FILE: headers });
    const problem = `Setting otlpHeadersFile: line 2 of ${headers} must be "Name: value".`;
    expect(() => openCollector(settings)).toThrow(new SettingsError(problem));
  });

  it("whose file cannot be read are named before a start", async () => {
    const settings = withEndpoint("http://127.0.0.1:1", { SLIPWAY_OTLP_HEADERS_FILE: headers });
    expect(() => openCollector(settings)).toThrow(`${headers} cannot be read`);
    expect(await checkTraces(settings)).toMatchObject({ status: "failed" });
  });
});

describe("the doctor", () => {
  it("says that a collector does not answer, and what it answers", async () => {
    const port = await freePort();
    expect(await checkTraces(withEndpoint(`http://127.0.0.1:${port}`))).toMatchObject({
      status: "warning",
      detail: `http://127.0.0.1:${port} cannot be reached (ECONNREFUSED)`,
    });
    await using server = await TestCollector.listen();
    server.answer = (response) => response.writeHead(401).end();
    expect(await checkTraces(withEndpoint(server.endpoint))).toMatchObject({
      status: "warning",
      detail: `${server.endpoint} answered 401`,
    });
  });

  it("says whether instances send spans", async () => {
    await using server = await TestCollector.listen();
    expect(await checkTraces(withEndpoint(server.endpoint))).toMatchObject({
      status: "warning",
      detail: `Instances send no spans: they are kept from ${server.endpoint}`,
    });
    const others = { SLIPWAY_OTLP_INSTANCE_ENDPOINT: "http://10.1.2.3:4318" };
    expect(await checkTraces(withEndpoint(server.endpoint, others))).toMatchObject({ status: "ok" });
  });
});
