/**
 * A real recursive resolver (unbound) of a test's own: zones whose records the test chooses, and others that it asks a
 * server for. It keeps nothing in mind, so that a changed record is seen at once.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Resolver as NodeResolver } from "node:dns/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { waitFor } from "./wait-for.ts";

/** `shop.test. CNAME x.apps.test.`, as in a zone file without times. */
export type ZoneLine = `${string} ${"A" | "AAAA" | "CAA" | "CNAME" | "TXT"} ${string}`;

export interface ResolverOptions {
  /** Zone → its records. */
  readonly zones: Readonly<Record<string, readonly ZoneLine[]>>;
  /** Zone → port of its server on this machine. */
  readonly stubs?: Readonly<Record<string, number>>;
}

export class Resolver {
  readonly port: number;
  readonly #directory = mkdtempSync(join(tmpdir(), "unbound-"));
  #options: ResolverOptions;
  #child: ChildProcess | null = null;

  private constructor(port: number, options: ResolverOptions) {
    this.port = port;
    this.#options = options;
  }

  static async start(options: ResolverOptions): Promise<Resolver> {
    const resolver = new Resolver(await freePort(), options);
    await resolver.#launch();
    return resolver;
  }

  /** `address:port`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Puts these records in place of those of the zone. */
  async setZone(zone: string, records: readonly ZoneLine[]): Promise<void> {
    this.#options = { ...this.#options, zones: { ...this.#options.zones, [zone]: records } };
    await this.pause();
    await this.#launch();
  }

  /** Nobody answers until `resume`. */
  async pause(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async resume(): Promise<void> {
    await this.#launch();
  }

  async stop(): Promise<void> {
    await this.pause();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    const file = join(this.#directory, "unbound.conf");
    writeFileSync(file, this.#configuration());
    this.#child = spawn("unbound", ["-d", "-c", file], { stdio: "ignore" });
    const resolver = new NodeResolver({ timeout: 500, tries: 1 });
    resolver.setServers([this.address]);
    const [zone = "test"] = Object.keys(this.#options.zones);
    await waitFor(() => resolver.resolveSoa(zone), { what: "unbound" });
  }

  #configuration(): string {
    const { zones, stubs = {} } = this.#options;
    const authorities = Object.entries(zones).map(([zone, records], index) => {
      const file = join(this.#directory, `zone-${index}`);
      writeFileSync(file, zoneFile(zone, records));
      return `auth-zone:\n  name: "${zone}"\n  zonefile: "${file}"\n  for-downstream: no\n  for-upstream: yes\n  fallback-enabled: no\n`;
    });
    const asked = Object.entries(stubs).map(
      ([zone, port]) =>
        `stub-zone:\n  name: "${zone}"\n  stub-addr: 127.0.0.1@${port}\n  stub-no-cache: yes\n`,
    );
    return `server:
  interface: 127.0.0.1@${this.port}
  username: ""
  chroot: ""
  directory: "${this.#directory}"
  pidfile: ""
  use-syslog: no
  do-ip6: no
  do-not-query-localhost: no
  module-config: "iterator"
  cache-max-ttl: 0
  cache-max-negative-ttl: 0
  infra-host-ttl: 1
  local-zone: "test." nodefault
remote-control:
  control-enable: no
${[...authorities, ...asked].join("")}`;
  }
}

function zoneFile(zone: string, records: readonly ZoneLine[]): string {
  const head = [
    `$ORIGIN ${zone}.`,
    `${zone}. 1 IN SOA ns.${zone}. admin.${zone}. 1 1 1 1 1`,
    `${zone}. 1 IN NS ns.${zone}.`,
    `ns.${zone}. 1 IN A 127.0.0.1`,
  ];
  const lines = records.map((record) => {
    const [name = "", ...rest] = record.split(" ");
    return `${name} 1 IN ${rest.join(" ")}`;
  });
  return `${[...head, ...lines].join("\n")}\n`;
}
