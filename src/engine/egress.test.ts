import { describe, expect, it } from "vitest";
import type { Reachable } from "../domain/network.ts";
import { type HostFacts, nameServersFor, renderEgress } from "./egress-rules.ts";
import { isForHosts } from "./connector-network.ts";
import { freshHosts } from "./fresh-hosts.ts";
import { linesToStandFirst } from "./firewall-jumps.ts";
import { Names } from "./naming.ts";

const names = {
  connectorInputChain: "VI",
  connectorForwardChain: "VF",
  connectorReturnChain: "VR",
};
const facts: HostFacts = {
  resolvers: ["10.0.0.2"],
  internal: null,
  doorPort: null,
  addresses: ["10.0.5.1"],
  closedPorts: [7070],
};
const tcp = (cidr: string, from: number, to = from): Reachable => ({
  cidr,
  protocol: "tcp",
  ports: { from, to },
});
const linesOf = (reachables: readonly Reachable[], given = facts) =>
  renderEgress(names, [{ bridge: "slv0-1", reachables }], given).split("\n");

describe("egress rules", () => {
  it("let a connector reach what it names, from its bridge alone", () => {
    const lines = linesOf([
      tcp("172.20.0.3/32", 5432),
      { cidr: "10.1.0.0/16", protocol: "udp", ports: null },
      { cidr: "10.2.0.0/16", protocol: "all", ports: null },
    ]);
    expect(lines.filter((line) => line.includes("slv0-1"))).toEqual([
      "-A VF -i slv0-1 -d 172.20.0.3/32 -p tcp --dport 5432:5432 -j ACCEPT",
      "-A VF -i slv0-1 -d 10.1.0.0/16 -p udp -j ACCEPT",
      "-A VF -i slv0-1 -d 10.2.0.0/16 -j ACCEPT",
    ]);
    expect(lines.filter((line) => line.endsWith(" -j REJECT") && !/ -(?:[dio]|-dport) /.test(line))).toEqual([
      "-A VI -j REJECT",
      "-A VF -j REJECT",
      "-A VR -j REJECT",
    ]);
  });

  it("let answers pass, and ask about all else again, so that no connection outlives its rule", () => {
    const passing = linesOf([]).filter((line) => /^-A V[IF].*ESTABLISHED/.test(line));
    expect(passing).toHaveLength(2);
    for (const line of passing) expect(line).toContain("--ctdir REPLY");
    expect(linesOf([])).toContain("-A VF -d 172.16.0.0/12 -p tcp -j REJECT --reject-with tcp-reset");
  });

  it("leave names to the engine, which asks the host's loopback past all rules, only for who may ask", () => {
    expect(nameServersFor([tcp("10.0.5.0/24", 5432)], [])).toEqual(["192.0.2.53"]);
    expect(nameServersFor([tcp("0.0.0.0/0", 443)], [])).toEqual([]);
    expect(nameServersFor([tcp("0.0.0.0/0", 443)], ["10.0.0.2"])).toEqual(["10.0.0.2"]);
  });

  it("mean the internet alone by a range that holds it: private networks are refused before", () => {
    const lines = linesOf([tcp("0.0.0.0/0", 443)]);
    const accepted = lines.indexOf("-A VF -i slv0-1 -d 0.0.0.0/0 -p tcp --dport 443:443 -j ACCEPT");
    for (const range of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]) {
      expect(lines.indexOf(`-A VF -d ${range} -j REJECT`)).toBeLessThan(accepted);
    }
    expect(lines.indexOf("-A VF -d 10.0.0.0/8 -j REJECT")).toBeGreaterThan(0);
  });

  it("never lead to metadata or to bridges of instances, whatever range is named", () => {
    const lines = linesOf([
      { cidr: "100.64.0.0/10", protocol: "all", ports: null },
      tcp("172.16.0.0/12", 80),
    ]);
    const first = lines.findIndex((line) => line.startsWith("-A VF -i slv0-1"));
    for (const refused of ["-o slw-+", "-o slv+", "-d 100.100.100.200/32", "-d 169.254.0.0/16"]) {
      const index = lines.indexOf(`-A VF ${refused} -j REJECT`);
      expect(index).toBeGreaterThan(0);
      expect(index).toBeLessThan(first);
    }
  });

  it("let ask for names whoever reaches the server, or the internet, and nobody else", () => {
    const dns = (reachable: Reachable) =>
      linesOf([reachable]).filter((line) => line.includes("-d 10.0.0.2/32") && line.includes("--dport 53 "));
    expect(dns(tcp("10.0.5.0/24", 5432))).toEqual([]);
    expect(dns(tcp("10.0.0.0/24", 5432))).toEqual([]);
    expect(dns(tcp("10.0.0.0/24", 50, 60))).toHaveLength(4);
    expect(dns(tcp("0.0.0.0/0", 443))).toHaveLength(4);
  });

  it("open the internal listener and the instance door, and nothing else of the host", () => {
    const inward = linesOf([], {
      ...facts,
      internal: { address: "172.18.0.1", port: 7081 },
      doorPort: 4242,
    }).filter((line) => line.startsWith("-A VI "));
    expect(inward).toEqual([
      "-A VI -m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY -j RETURN",
      "-A VI -d 172.18.0.1/32 -p tcp --dport 7081 -j ACCEPT",
      "-A VI -p tcp --dport 4242 -m conntrack --ctstate DNAT --ctorigdst 169.254.170.2 -j ACCEPT",
      "-A VI -p tcp --dport 7070 -j REJECT",
      "-A VI -p tcp -j REJECT --reject-with tcp-reset",
      "-A VI -j REJECT",
    ]);
  });

  it("open a port of the machine by its very address alone, and none of Slipway's own", () => {
    const accepted = (...all: readonly Reachable[]) =>
      linesOf(all).filter((line) => line.startsWith("-A VI -i ") && !line.includes("--dport 53 "));
    expect(accepted(tcp("10.0.5.1/32", 5432))).toEqual([
      "-A VI -i slv0-1 -d 10.0.5.1/32 -p tcp --dport 5432:5432 -j ACCEPT",
    ]);
    const all = { cidr: "10.0.5.1/32", protocol: "all", ports: null } as const;
    expect(accepted(all, tcp("10.0.5.0/24", 5432), tcp("0.0.0.0/0", 5432))).toEqual([]);
    const lines = linesOf([tcp("10.0.5.1/32", 1, 65_535)]);
    const opened = lines.findIndex((line) =>
      line.startsWith("-A VI -i slv0-1 -d 10.0.5.1/32 -p tcp --dport 1:"),
    );
    expect(opened).toBeGreaterThan(lines.indexOf("-A VI -p tcp --dport 7070 -j REJECT"));
    expect(lines).toContain("-A VI -p tcp --dport 7070 -j REJECT");
  });
});

describe("names of a connector's networks", () => {
  it("are neither the machine's nor those of connected services, whatever a container is called", () => {
    for (const name of ["db", "shop-db-1", "db.shop_default", "internal"])
      expect(isForHosts(name)).toBe(true);
    for (const name of [
      "localhost",
      "LocalHost",
      "x.localhost",
      "billing.internal",
      "ip6-localhost",
      "a\nb",
      "",
    ])
      expect([name, isForHosts(name)]).toEqual([name, false]);
  });

  it("follow their containers; what the engine and connections wrote stays", () => {
    const text =
      "127.0.0.1\tlocalhost\n10.1.0.2\tdb\n10.1.0.3\tgone\n172.18.0.1\tbilling.internal\n10.9.0.2\tself\n";
    const hosts = new Map([
      ["db", "10.1.0.7"],
      ["cache", "10.1.0.2"],
    ]);
    const fresh = freshHosts(text, ["db", "gone", "billing.internal"], hosts);
    expect(fresh.split("\n")).toEqual([
      "127.0.0.1\tlocalhost",
      "172.18.0.1\tbilling.internal",
      "10.9.0.2\tself",
      "10.1.0.7\tdb",
      "10.1.0.2\tcache",
      "",
    ]);
    expect(freshHosts(fresh, ["db", "gone", "billing.internal"], hosts)).toBe(fresh);
  });
});

describe("names of a connector's bridge", () => {
  it("fit an interface, and differ by installation and connector", () => {
    const [one, other] = [new Names("a".repeat(32)), new Names("b".repeat(32))];
    const [connector, second] = ["1".repeat(32), "2".repeat(32)];
    expect(one.connectorBridge(connector)).toBe("slvaaaaa-111111");
    expect(new Set([one.connectorBridge(second), other.connectorBridge(connector)])).not.toContain(
      one.connectorBridge(connector),
    );
    expect(() => one.connectorBridge("x; rm")).toThrow(TypeError);
  });
});

describe("jumps of several installations", () => {
  const listing = (rules: readonly string[]) => rules.map((rule) => `-A FORWARD ${rule}`).join("\n");
  const inward = { parent: "FORWARD", bridge: "slvaaaaa-+", chain: "VF" };
  const outward = { parent: "FORWARD", bridge: "slvaaaaa-+", chain: "VR", isOutward: true } as const;

  it("stay where they are behind those of others' bridges", () => {
    const rules = [
      "-i slvbbbbb-+ -j OTHER",
      "-i slw-aaaaaaaa -j FW",
      "-i slvaaaaa-+ -j VF",
      "-o slvaaaaa-+ -j VR",
    ];
    expect(linesToStandFirst(inward, listing(rules))).toEqual([]);
    expect(linesToStandFirst(outward, listing(rules))).toEqual([]);
  });

  it("move in front of what could take their packets", () => {
    for (const rule of [
      "-j DOCKER-USER",
      "-i slv+ -j ACCEPT",
      "-i slvaaaaa-111111 -j ACCEPT",
      "-o eth0 -j ACCEPT",
    ]) {
      const rules = [rule, "-i slvaaaaa-+ -j VF"];
      expect(linesToStandFirst(inward, listing(rules))).toHaveLength(2);
    }
    const rules = ["-o slv+ -j DROP", "-o slvaaaaa-+ -j VR"];
    expect(linesToStandFirst(outward, listing(rules))).toHaveLength(2);
  });
});
