// Real servers of HTTP and TLS; which addresses a name has is given.
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { makeSelfSigned } from "../certificates/local-authority.ts";
import { mayBeAsked } from "./address.ts";
import { fetchAnswer } from "./answer-fetch.ts";
import { AuthoritativeLookup } from "./authoritative-lookup.ts";
import type { ChainEnd } from "./name-chain.ts";
import { startDns } from "./testing/scripted-dns.ts";

const NAME = "shop.example.com";
const PATH = "/.well-known/acme-challenge/token";
const EXPECTED = "token.thumbprint";
const signal = new AbortController().signal;

const running: Server[] = [];
afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener, server: Server = createServer()): Promise<number> {
  running.push(server.on("request", listener));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

interface Change {
  readonly http?: number;
  readonly https?: number;
  readonly addresses?: readonly string[];
  readonly end?: ChainEnd;
}

function fetchOf({ http = 1, https = 1, addresses = ["127.0.0.1"], end }: Change): Promise<string | null> {
  const records = addresses.map((value) => ({ type: value.includes(":") ? "AAAA" : "A", value }) as const);
  const chain = { aliases: [], end: end ?? { kind: "data" as const, name: NAME, records } };
  return fetchAnswer({ name: NAME, path: PATH, expected: EXPECTED, chain, ports: { http, https } }, signal);
}

test("nothing is wrong when the text comes, asked for under the name", async () => {
  const asked: unknown[] = [];
  const http = await serve(({ headers, url, method }, response) => {
    asked.push(headers.host, url, method);
    response.end(`${EXPECTED}\n`);
  });
  expect(await fetchOf({ http })).toBeNull();
  expect(asked).toEqual([NAME, PATH, "GET"]);
});

test("a redirect to HTTPS is followed where name and path stay, whatever certificate is there", async () => {
  const { chainPem: cert, keyPem: key } = await makeSelfSigned([NAME], Date.now());
  const https = await serve((_request, response) => response.end(EXPECTED), createTlsServer({ cert, key }));
  const http = await serve((_request, response) => {
    response.writeHead(301, { location: `https://${NAME}${PATH}` }).end();
  });
  expect(await fetchOf({ http, https })).toBeNull();
});

test.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://other.example.com/.well-known/acme-challenge/token",
  "/login",
  `https://${NAME}:8443${PATH}`,
  `ftp://${NAME}${PATH}`,
  "http://[",
])("a redirect to %s is told, not followed", async (location) => {
  const http = await serve((_request, response) => response.writeHead(302, { location }).end());
  expect(await fetchOf({ http })).toBe(
    `http://${NAME}${PATH} at 127.0.0.1 port ${http} redirects to ${location}: the answer has to come without leaving name and path.`,
  );
});

test("redirects end", async () => {
  let count = 0;
  const http = await serve((_request, response) => {
    count++;
    response.writeHead(302, { location: PATH }).end();
  });
  expect(await fetchOf({ http })).toContain("redirects again and again");
  expect(count).toBe(4);
});

test("404, other codes and other content are told", async () => {
  let [status, body] = [404, ""];
  const http = await serve((_request, response) => response.writeHead(status).end(body));
  expect(await fetchOf({ http })).toContain("answers 404: another server than this one");
  status = 503;
  expect(await fetchOf({ http })).toContain("answers 503 instead of 200");
  [status, body] = [200, "<html>\u001b[2J a parked domain"];
  expect(await fetchOf({ http })).toContain(
    'answers something else: "<html>?[2J a parked domain" instead of',
  );
});

test("no more than the beginning of an endless answer is read", async () => {
  let isClosed = false;
  const http = await serve((_request, response) => {
    response.on("close", () => (isClosed = true));
    const more = () => !isClosed && response.write("x".repeat(4096), () => setImmediate(more));
    more();
  });
  expect(await fetchOf({ http })).toContain("answers something else");
  await expect.poll(() => isClosed).toBe(true);
});

test("refused, silent and broken connections are told", async () => {
  expect(await fetchOf({ http: await freePort() })).toContain("refuses the connection");
  const silent = createTcpServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  expect(await fetchOf({ http: (silent.address() as AddressInfo).port })).toContain(
    "does not answer in time",
  );
  silent.close();
  const broken = createTcpServer((socket) => void socket.on("error", () => undefined).end("SSH-2.0\r\n"));
  await once(broken.listen(0, "127.0.0.1"), "listening");
  expect(await fetchOf({ http: (broken.address() as AddressInfo).port })).toContain("does not speak HTTP");
  broken.close();
});

test("every address counts: one that answers wrongly is told", async () => {
  const http = await serve((_request, response) => response.end(EXPECTED));
  expect(await fetchOf({ http, addresses: ["127.0.0.1", "127.0.0.9"] })).toContain("127.0.0.9");
});

test("link-local, multicast and metadata addresses are never asked; private ones may be", async () => {
  for (const address of [
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "100.100.100.200",
    "168.63.129.16",
    "fe80::1",
    "ff02::1",
    "::",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "localhost",
    "",
  ]) {
    expect(mayBeAsked(address), address).toBe(false);
  }
  for (const address of [
    "10.0.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "203.0.113.7",
    "2001:db8::1",
    "fd12::1",
    "::1",
  ]) {
    expect(mayBeAsked(address), address).toBe(true);
  }
  expect(await fetchOf({ addresses: ["169.254.169.254"] })).toContain("no server can be asked");
});

test("a name without addresses is told", async () => {
  expect(await fetchOf({ end: { kind: "missing", name: NAME } })).toContain("has no address");
  expect(await fetchOf({ end: { kind: "loop" } })).toContain("circle");
  expect(await fetchOf({ end: { kind: "failed", name: NAME, reason: "SERVFAIL" } })).toContain("SERVFAIL");
});

test("the name is resolved by the configured server, not by the system's", async () => {
  const http = await serve((_request, response) => response.end(EXPECTED));
  await using dns = await startDns({
    zone: "com",
    records: [`${NAME} CNAME edge.example.com`, "edge.example.com A 127.0.0.1"],
  });
  const lookup = new AuthoritativeLookup({
    dnsServer: `127.0.0.1:${dns.port}`,
    publicAddresses: [],
    acmeHttpPort: http,
  });
  expect(await lookup.fetchProblem({ name: NAME, path: PATH, expected: EXPECTED }, signal)).toBeNull();
  expect(await lookup.fetchProblem({ name: NAME, path: PATH, expected: "other" }, signal)).toContain(
    "something else",
  );
});
