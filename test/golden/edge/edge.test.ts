/**
 * State in, configuration out: one file for each case beside this test. `npx vitest run test/golden/edge -u` writes them
 * anew; read the difference, for it is what every installation's proxy gets.
 */
import { describe, expect, it } from "vitest";
import { renderBaseConfig } from "../../../src/edge/base-config.ts";
import { NO_PROXIES } from "../../../src/edge/client-rules.ts";
import { GATE_LIMITS } from "../../../src/edge/gate-limits.ts";
import { type HostEntry, hostValues, parseHostMap, renderMap } from "../../../src/edge/host-map.ts";
import { formatName, parseNameMap } from "../../../src/edge/name-map.ts";
import { renderServerState } from "../../../src/edge/server-state.ts";
import { edgeLayout } from "../../../src/edge/layout.ts";
import {
  type CheckKind,
  parseSlot,
  renderSlot,
  type ServerLine,
  serverLine,
} from "../../../src/edge/slot-file.ts";
import type { NameEntry } from "../../../src/ports/edge-tls.ts";
import type { Gate } from "../../../src/domain/scaling.ts";
import { defaultHealthCheck } from "../../../src/domain/health-check.ts";

const layout = edgeLayout("/var/lib/slipway/edge");
const server: ServerLine = serverLine({
  instanceId: "web-r3-1",
  address: "172.18.0.2",
  port: 8080,
  maxConcurrency: 80,
  protocol: "http1",
  healthCheck: defaultHealthCheck,
});

describe("base configuration", () => {
  it("for root on every address", async () => {
    const worker = { user: "haproxy", group: "haproxy" };
    const text = renderBaseConfig({
      layout,
      ports: { http: 80, https: 443 },
      addressCount: 2,
      maxConnections: 20_000,
      worker,
      gate: GATE_LIMITS,
      clients: NO_PROXIES,
      inside: [
        { name: "bridge", address: "172.18.0.1", port: 7081 },
        { name: "ingress", address: "*", port: 7080 },
        { name: "ingress_tls", address: "fd00::1", port: 7443 },
      ],
    });
    await expect(text).toMatchFileSnapshot("base-root.cfg");
  });

  it("for an ordinary user on one address", async () => {
    const text = renderBaseConfig({
      layout,
      ports: { http: 8080, https: 8443 },
      addressCount: 1,
      maxConnections: 8_750,
      worker: null,
      gate: GATE_LIMITS,
      clients: NO_PROXIES,
      inside: [],
    });
    await expect(text).toMatchFileSnapshot("base-unprivileged.cfg");
  });

  it("behind proxies, with a limit of connections", async () => {
    const trustedProxies = ["10.0.0.0/8", "2001:db8::/32"];
    const text = renderBaseConfig({
      layout,
      ports: { http: 8080, https: 8443 },
      addressCount: 1,
      maxConnections: 8_750,
      worker: null,
      gate: GATE_LIMITS,
      inside: [],
      clients: { trustedProxies, isProxyProtocol: false, connectionsPerAddress: 50 },
    });
    await expect(text).toMatchFileSnapshot("base-behind-proxies.cfg");
  });
});

describe("slot file", () => {
  const cases: Readonly<Record<string, readonly ServerLine[]>> = {
    empty: [],
    "one-instance": [server],
    h2c: [{ ...server, protocol: "h2c" }],
    "not-checked": [{ ...server, isChecked: false }],
    draining: [
      { ...server, isDraining: true },
      { ...server, instanceId: "web-r4-1", address: "172.18.0.3" },
    ],
    "both-checks-ipv6": [
      server,
      {
        ...server,
        instanceId: "web-r4-1",
        kind: "http",
        address: "fd00::7",
        intervalS: 20,
        rise: 2,
        fall: 3,
      },
    ],
  };
  it.each(Object.entries(cases))("%s", async (name, servers) => {
    const text = renderSlot(7, servers);
    await expect(text).toMatchFileSnapshot(`slot-${name}.cfg`);
    expect(parseSlot(7, text)).toEqual(servers);
  });
});

it("server state, for those that are not checked", async () => {
  const frozen = { ...server, isChecked: false };
  const slots = new Map([
    [7, [server, { ...frozen, instanceId: "web-r4-1", kind: "http" as const, address: "fd00::7" }]],
    [8, [{ ...frozen, isDraining: true }]],
  ]);
  await expect(renderServerState(slots)).toMatchFileSnapshot("server-state");
});

const LOGGED = { hasAccessLog: true, isTraced: true };

it("host map", async () => {
  const entries = new Map<string, HostEntry>([
    ["a1b2c3.us-east-1.slipway.localhost", slotEntry(7, "tcp", 25, "open")],
    ["shop.example.com", slotEntry(12, "http", 0, "open")],
    ["watched.example.com", slotEntry(3, "tcp", 80, "watched")],
    ["closed.example.com", slotEntry(4, "http", 80, "closed")],
    ["grpc.example.com", { ...slotEntry(5, "tcp", 80, "open"), protocol: "h2c" }],
    ["paused.example.com", { kind: "refuse", reason: "paused" }],
    ["logged.example.com", { ...slotEntry(6, "tcp", 80, "closed"), logging: LOGGED }],
    ["logged-paused.example.com", { kind: "refuse", reason: "paused", logging: LOGGED }],
  ]);
  const text = renderMap(hostValues(entries, (host) => (host === "shop.example.com" ? "redirect" : "serve")));
  await expect(text).toMatchFileSnapshot("hosts.map");
  expect(parseHostMap(text)).toEqual({ entries, broken: [] });
});

it("name map", async () => {
  const host = "a1b2c3.us-east-1.slipway.localhost";
  const entries = new Map<string, NameEntry>([
    ["www.example.com", { host, onHttp: "redirect", hstsMaxAgeS: 31_536_000 }],
    ["*.example.com", { host, onHttp: "serve", hstsMaxAgeS: null }],
    [host, { host, onHttp: "serve", hstsMaxAgeS: 0 }],
  ]);
  const text = renderMap([...entries].map(([name, entry]) => [name, formatName(entry)]));
  await expect(text).toMatchFileSnapshot("names.map");
  expect(parseNameMap(text)).toEqual({ entries, broken: [] });
});

function slotEntry(slot: number, check: CheckKind, queueLimit: number, gate: Gate) {
  return { kind: "slot", slot, check, protocol: "http1", queueLimit, gate } as const;
}
