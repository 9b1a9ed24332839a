// What others' programs make of it: dig asks the zone, dnsmasq resolves by it, and answers for the names of users.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { Resolver } from "node:dns/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { AuthoritativeLookup } from "./authoritative-lookup.ts";
import { ChallengeServer } from "./challenge-server.ts";

const run = promisify(execFile);
const ZONE = "acme.apps.example.com";
const LABEL = "0123456789abcdef0123456789abcdef";
const TARGET = "x.us-east-1.apps.example.com";
const signal = new AbortController().signal;

let end: AbortController;
let zone: ChallengeServer;
let zonePort: number;
let dnsmasq: ChildProcess;
let dnsmasqPort: number;

beforeAll(async () => {
  end = new AbortController();
  zone = new ChallengeServer({
    zone: ZONE,
    host: "127.0.0.1",
    port: 0,
    onProblem: (problem) => {
      throw new Error(problem);
    },
  });
  zonePort = await zone.start(end.signal);
  dnsmasqPort = await freePort();
  dnsmasq = spawn(
    "dnsmasq",
    [
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--no-resolv",
      "--no-hosts",
      "--user=",
      "--pid-file=",
      "--listen-address=127.0.0.1",
      "--bind-interfaces",
      `--port=${dnsmasqPort}`,
      `--server=/${ZONE}/127.0.0.1#${zonePort}`,
      "--local=/example.com/",
      `--host-record=${TARGET},203.0.113.7`,
      `--cname=shop.example.com,${TARGET}`,
      "--host-record=old.example.com,192.0.2.1",
      "--host-record=apex.example.com,203.0.113.7",
      "--txt-record=_acme-challenge.old.example.com,by-hand",
    ],
    { stdio: "inherit" },
  );
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${dnsmasqPort}`]);
  await waitFor(() => resolver.resolve4(TARGET));
});

afterAll(async () => {
  end.abort();
  dnsmasq.kill();
  await once(dnsmasq, "exit");
});

async function dig(port: number, ...args: string[]): Promise<string> {
  const { stdout } = await run("dig", ["@127.0.0.1", "-p", String(port), "+time=2", "+tries=2", ...args]);
  return stdout.replaceAll(/[ \t]+/g, " ");
}

describe("dig", () => {
  beforeEach(() => {
    zone.put(LABEL, "first");
    zone.put(LABEL, "second");
    return () => {
      zone.remove(LABEL, "first");
      zone.remove(LABEL, "second");
    };
  });

  test.each([[[]], [["+tcp"]], [["+noedns"]], [["+dnssec"]], [["+nocookie", "+bufsize=512"]]])(
    "gets the texts with %j, with authority and without warnings",
    async (options) => {
      const output = await dig(zonePort, ...options, "TXT", `${LABEL}.${ZONE}`);
      expect(output).toMatch(/status: NOERROR/);
      expect(output).toMatch(/flags: qr aa rd; QUERY: 1, ANSWER: 2/);
      expect(output).toContain('1 IN TXT "first"');
      expect(output).not.toMatch(/malformed|Warning: (?!recursion)/i);
    },
  );

  test("gets the name as it wrote it", async () => {
    expect(await dig(zonePort, "TXT", `${LABEL}.aCmE.apps.EXAMPLE.com`)).toContain(
      `${LABEL}.aCmE.apps.EXAMPLE.com. 1 IN TXT`,
    );
  });

  test("gets denials, refusals, and the truth about versions", async () => {
    expect(await dig(zonePort, "TXT", `none.${ZONE}`)).toMatch(
      /status: NXDOMAIN[\s\S]*AUTHORITY: 1[\s\S]*SOA ns-acme/,
    );
    expect(await dig(zonePort, "A", `${LABEL}.${ZONE}`)).toMatch(
      /status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1/,
    );
    expect(await dig(zonePort, "ANY", ZONE)).toMatch(/status: REFUSED/);
    expect(await dig(zonePort, "+tcp", "AXFR", ZONE)).toMatch(/Transfer failed/);
    expect(await dig(zonePort, "A", "example.org")).toMatch(/status: REFUSED/);
    expect(await dig(zonePort, "CH", "TXT", "version.bind")).toMatch(/status: REFUSED/);
    expect(await dig(zonePort, "+edns=1", "+noednsneg", "TXT", ZONE)).toMatch(/status: BADVERS/);
    expect(await dig(zonePort, "+opcode=NOTIFY", "SOA", ZONE)).toMatch(/status: NOTIMP/);
  });

  test("gets them through a resolver, with what came and went in between", async () => {
    expect(await dig(dnsmasqPort, "+short", "TXT", `${LABEL}.${ZONE}`)).toBe('"first"\n"second"\n');
    zone.remove(LABEL, "first");
    await waitFor(async () => (await dig(dnsmasqPort, "+short", "TXT", `${LABEL}.${ZONE}`)) === '"second"\n');
  });

  test("gets by TCP what is too much for UDP, through a resolver too", async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `${"x".repeat(60)}${index}`);
    for (const text of texts) zone.put(LABEL, text);
    for (const port of [zonePort, dnsmasqPort]) {
      const lines = (await dig(port, "+short", "TXT", `${LABEL}.${ZONE}`)).trim().split("\n");
      expect(lines).toHaveLength(32);
    }
    for (const text of texts) zone.remove(LABEL, text);
  });
});

test("records at a real resolver are told right from wrong", async () => {
  const lookup = new AuthoritativeLookup({
    dnsServer: `127.0.0.1:${dnsmasqPort}`,
    publicAddresses: [],
    acmeHttpPort: 80,
  });
  const traffic = ["shop.example.com", "old.example.com", "apex.example.com", "none.example.com"];
  const checks = await lookup.check(
    [
      ...traffic.map((domainName) => ({ purpose: "traffic", domainName, target: TARGET }) as const),
      {
        purpose: "validation",
        domainName: "old.example.com",
        recordName: "_acme-challenge.old.example.com",
        target: zone.nameOf(LABEL),
      },
    ],
    signal,
  );
  expect(checks.map(({ domainName, verdict, seen }) => [domainName, verdict, ...seen])).toEqual([
    ["shop.example.com", "right", `CNAME ${TARGET}`],
    ["old.example.com", "wrong", "A 192.0.2.1"],
    ["apex.example.com", "right", "A 203.0.113.7"],
    ["none.example.com", "missing", "NXDOMAIN"],
    ["old.example.com", "wrong", "TXT by-hand"],
  ]);
  expect(checks[1]?.problem).toBe(`Set CNAME old.example.com to ${TARGET}; now it is A 192.0.2.1.`);
});
