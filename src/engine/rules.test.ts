import { describe, expect, it } from "vitest";
import { parseImageReference } from "../domain/image-reference.ts";
import { renderDoorRules } from "./door-rules.ts";
import { type EdgeListener, renderRules, resolversIn } from "./firewall.ts";
import { linesToRemove, linesToStandFirst } from "./firewall-jumps.ts";
import { isRootUser } from "./hardening.ts";
import { digestFor } from "./images.ts";
import { Names } from "./naming.ts";
import { toPullError } from "./pull-error.ts";
import { PullProgress } from "./pull-progress.ts";
import { pauseExecutable } from "./sandbox-image.ts";

const image = (name: string) => parseImageReference(name, "image");

describe("names", () => {
  it("fit Linux and Docker and are refused from anything but our ids", () => {
    const names = new Names("0123456789abcdef");
    expect(names.bridge).toBe("slw-01234567");
    expect(names.bridge.length).toBeLessThanOrEqual(15);
    expect(names.inputChain.length).toBeLessThanOrEqual(28);
    expect(() => new Names("my installation")).toThrow(TypeError);
    expect(() => names.instanceContainer("../../etc")).toThrow(TypeError);
    expect(() => names.releaseImage("a b")).toThrow(TypeError);
  });
});

describe("a container of ours", () => {
  const names = new Names("0123456789abcdef");
  const instanceId = "0123456789abcdef0123456789abcdef";
  const owner = { "slipway.owner": "0123456789abcdef" };
  const instance = { ...owner, "slipway.role": "instance", "slipway.instance": instanceId };
  const sandbox = { ...owner, "slipway.role": "sandbox" };

  it.each([
    [`slipway-01234567-${instanceId}`, instance],
    ["slipway-01234567-sandbox-0123456789ab", sandbox],
  ])("is %s with its labels", (name, labels) => {
    expect(names.isOwnContainer(name, labels)).toBe(true);
  });

  it.each([
    ["web", instance],
    ["slipway-01234567-sandbox-0123456789ab", instance],
    ["slipway-01234567-0123456789abcdef0123456789abcdee", instance],
    ["slipway-01234567-../../x", { ...instance, "slipway.instance": "../../x" }],
    ["slipway-01234567-sandbox-1", sandbox],
    ["slipway-01234567-sandbox-sandbox-0123456789ab", sandbox],
    ["web", sandbox],
    [`slipway-01234567-${instanceId}`, {}],
    [`slipway-01234567-${instanceId}`, owner],
    [`slipway-01234567-${instanceId}`, { ...instance, "slipway.owner": "fedcba9876543210" }],
  ])("is not %s with %j", (name, labels) => {
    expect(names.isOwnContainer(name, labels)).toBe(false);
  });
});

describe("firewall rules", () => {
  const rulesWith = (edge: EdgeListener | null) =>
    renderRules({ inputChain: "IN", forwardChain: "FW" }, { resolvers: ["10.255.255.53"], edge }).split("\n");

  it("let answers and name servers pass, then refuse the host and private networks", () => {
    const rules = rulesWith(null);
    expect(rules.slice(0, 8)).toEqual([
      "*filter",
      ":IN - [0:0]",
      ":FW - [0:0]",
      "-A IN -m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY -j RETURN",
      "-A IN -d 10.255.255.53/32 -p udp --dport 53 -j ACCEPT",
      "-A IN -d 10.255.255.53/32 -p tcp --dport 53 -j ACCEPT",
      "-A IN -j REJECT",
      "-A FW -m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY -j RETURN",
    ]);
    for (const network of ["10.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "192.168.0.0/16"]) {
      expect(rules).toContain(`-A FW -d ${network} -j REJECT`);
    }
    expect(rules.at(-2)).toBe("COMMIT");
  });

  it("let instances reach one collector, wherever it is, and no other port of its host", () => {
    const collector = { address: "10.0.0.9", port: 4318 };
    const names = { inputChain: "IN", forwardChain: "FW" };
    const rules = renderRules(names, { resolvers: [], edge: null, collector }).split("\n");
    for (const chain of ["IN", "FW"]) {
      const accept = rules.indexOf(`-A ${chain} -d 10.0.0.9/32 -p tcp --dport 4318 -j ACCEPT`);
      const refusal = rules.findIndex((rule) => rule.startsWith(`-A ${chain}`) && rule.endsWith("REJECT"));
      expect(accept).toBeGreaterThan(0);
      expect(accept).toBeLessThan(refusal);
    }
    expect(rules.filter((rule) => rule.includes("10.0.0.9"))).toHaveLength(2);
  });

  it.each([
    ["*", ["-A IN -p tcp --dport 80 -j ACCEPT", "-A IN -p tcp --dport 443 -j ACCEPT"]],
    [
      "10.0.0.5",
      [
        "-A IN -d 10.0.0.5/32 -p tcp --dport 80 -j ACCEPT",
        "-A IN -d 10.0.0.5/32 -p tcp --dport 443 -j ACCEPT",
      ],
    ],
    ["127.0.0.1", []],
    ["::", []],
  ])("open the ports of an edge at %s, and nothing else of the host", (address, expected) => {
    const closed = rulesWith(null);
    const rules = rulesWith({ address, ports: [80, 443] });
    expect(rules.filter((rule) => !closed.includes(rule))).toEqual(expected);
    expect(rules.indexOf("-A IN -j REJECT")).toBe(closed.indexOf("-A IN -j REJECT") + expected.length);
  });

  it("let pass what was led to the instance door, and nobody who calls its listener by himself", () => {
    const names = { inputChain: "IN", forwardChain: "FW" };
    const rules = renderRules(names, { resolvers: [], edge: null, doorPort: 4242 }).split("\n");
    const accept =
      "-A IN -p tcp --dport 4242 -m conntrack --ctstate DNAT --ctorigdst 169.254.170.2 -j ACCEPT";
    expect(rules.indexOf(accept)).toBe(rules.indexOf("-A IN -j REJECT") - 1);
    expect(rules.filter((rule) => rule.includes("4242"))).toEqual([accept]);
  });

  it("lead guests alone to the instance door, each with a limit of its own", () => {
    const rules = renderDoorRules("DR", { address: "172.18.0.1", port: 4242 }, ["172.18.0.9", "172.18.0.3"]);
    const limit = "-m limit --limit 20/sec --limit-burst 60";
    expect(rules.split("\n")).toEqual([
      "*nat",
      ":DR - [0:0]",
      `-A DR -s 172.18.0.3/32 -p tcp ${limit} -j DNAT --to-destination 172.18.0.1:4242`,
      `-A DR -s 172.18.0.9/32 -p tcp ${limit} -j DNAT --to-destination 172.18.0.1:4242`,
      "COMMIT",
      "",
    ]);
  });

  it("know the name servers that containers are given", () => {
    const text =
      "# comment\nnameserver 10.0.0.2\nnameserver 127.0.0.53\nnameserver fd00::1\nnameserver 10.0.0.2\n";
    expect(resolversIn(text)).toEqual(["10.0.0.2"]);
  });
});

describe("the jump to our rules", () => {
  const jump = { parent: "INPUT", bridge: "slw-1", chain: "IN" };
  const ours = "-A INPUT -i slw-1 -j IN";
  const lines = (...rules: readonly string[]) =>
    linesToStandFirst(jump, ["-P INPUT ACCEPT", ...rules, ""].join("\n"));
  const INSERT = "-I INPUT 1 -i slw-1 -j IN";
  const DELETE = "-D INPUT -i slw-1 -j IN";

  it("stays where only rules for other interfaces are ahead", () => {
    expect(lines(ours, "-A INPUT -j ACCEPT")).toEqual([]);
    expect(lines("-A INPUT -i slw-2 -j IN", "-A INPUT -i lo -j ACCEPT", ours)).toEqual([]);
  });

  it.each([
    "-A INPUT -j ACCEPT",
    "-A INPUT -s 172.18.0.0/16 -j ACCEPT",
    "-A INPUT ! -i eth0 -j ACCEPT",
    "-A INPUT -i slw+ -j ACCEPT",
    "-A INPUT -i slw-1 -p tcp -j ACCEPT",
    "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
  ])("moves in front of %s", (rule) => {
    expect(lines(rule, ours)).toEqual([DELETE, INSERT]);
  });

  it("comes where it is missing, and once where it is twice", () => {
    expect(lines()).toEqual([INSERT]);
    expect(lines("-A INPUT -i slw-2 -j IN")).toEqual([INSERT]);
    expect(lines(ours, ours)).toEqual([DELETE, DELETE, INSERT]);
  });

  it("goes with all its copies, and leaves every other rule", () => {
    const rest = ["-A INPUT -i slw-1 -j ACCEPT", "-A FORWARD -i slw-1 -j IN"];
    expect(linesToRemove(jump, [ours, ...rest, ours].join("\n"))).toEqual([DELETE, DELETE]);
    expect(linesToRemove(jump, rest.join("\n"))).toEqual([]);
  });
});

describe("the user of an image", () => {
  it.each(["", "root", "0", "0:0", "root:app", "00"])("%j is root", (user) => {
    expect(isRootUser(user)).toBe(true);
  });
  it.each(["app", "1000", "10001:0"])("%j is not", (user) => {
    expect(isRootUser(user)).toBe(false);
  });
});

describe("the digest of an image", () => {
  it("is the one its repository knows", () => {
    const digests = ["nginx@sha256:aa", "quay.io/team/app@sha256:bb", "quay.io/team/app@sha256:cc"];
    expect(digestFor(digests, image("nginx:1"))).toBe("sha256:aa");
    expect(digestFor(digests, image("quay.io/team/app:1"))).toBe("sha256:bb");
    expect(digestFor(digests, { ...image("quay.io/team/app"), digest: "sha256:cc" })).toBe("sha256:cc");
    expect(digestFor(digests, image("team/app:1"))).toBeNull();
  });
});

describe("a failed pull", () => {
  it.each([
    ["manifest for x:1 not found: manifest unknown: manifest unknown", "not-found"],
    [
      "pull access denied for x, repository does not exist or may require 'docker login': denied",
      "unauthorized",
    ],
    ['Head "https://x/v2/": unauthorized: authentication required', "unauthorized"],
    ['Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused', "unreachable"],
    ['Get "https://x/v2/": dial tcp: lookup x on 10.0.0.2:53: no such host', "unreachable"],
    ['Get "https://x/v2/": x509: certificate signed by unknown authority', "unreachable"],
    ["no matching manifest for linux/amd64 in the manifest list entries", "platform"],
    ["write /var/lib/docker/tmp/x: no space left on device", "disk-full"],
    ["something new", "other"],
  ])("%s", (message, problem) => {
    expect(toPullError(image("x:1"), message).problem).toBe(problem);
  });

  it("does not show what a redirect carries", () => {
    const { message } = toPullError(image("x:1"), "Get https://me:secret@host/blob?X-Amz-Signature=abc: EOF");
    expect(message).not.toMatch(/secret|abc/);
  });
});

describe("progress of a pull", () => {
  it("is the sum of the layers, a few times a second", () => {
    let now = 0;
    const said: unknown[] = [];
    const progress = new PullProgress(
      () => now,
      (each) => said.push(each),
    );
    const observe = (id: string, current: number) =>
      progress.observe({ id, progressDetail: { current, total: 100 } });
    observe("a", 10);
    observe("b", 20);
    now = 400;
    observe("b", 30);
    expect(said).toEqual([
      { currentBytes: 10, totalBytes: 100 },
      { currentBytes: 40, totalBytes: 200 },
    ]);
  });
});

describe("the executable of sandboxes", () => {
  it.each([
    ["amd64", 62, 129],
    ["arm64", 183, 152],
  ])("for %s is a small ELF file whose entry is its code", (architecture, machine, size) => {
    const bytes = pauseExecutable(architecture);
    expect(bytes).toHaveLength(size);
    expect(bytes.toString("latin1", 0, 4)).toBe("\x7fELF");
    expect(bytes.readUInt16LE(18)).toBe(machine);
    expect(bytes.readBigUInt64LE(24) - bytes.readBigUInt64LE(80)).toBe(120n);
  });

  it("is not there for other processors", () => {
    expect(() => pauseExecutable("s390x")).toThrow(/s390x/);
  });
});
