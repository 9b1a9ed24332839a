/**
 * Finds who answers for a name, and asks all of them. For one look at some names: what was asked once is not asked again.
 *
 * Where a zone begins is asked of the system's resolver; what is in it, of the zone's own servers. With a configured server
 * only that one is asked, and it asks others for us.
 */
import type { DnsRecord, DnsReply, RecordType } from "./dns-message.ts";
import { ask, type DnsServer, DnsSilence } from "./dns-exchange.ts";
import { mayBeAsked } from "./address.ts";
import { type NameView, type ServerAnswer, viewOf } from "./name-view.ts";

export interface NameServersOptions {
  /** Asked for everything instead; null: walk to the authoritative servers. */
  readonly server: DnsServer | null;
  /** The system's resolvers, in order. */
  readonly resolvers: readonly DnsServer[];
  /** Of authoritative servers: 53. */
  readonly authoritativePort: number;
}

interface NamedServer extends DnsServer {
  readonly name: string;
}

interface Zone {
  /** Empty when only one configured server is asked. */
  readonly name: string;
  readonly servers: readonly NamedServer[];
  readonly problem: string;
}

/** More do not make a look better. */
const SERVERS_MAX = 8;
const REFERRALS_MAX = 4;
const NO_ZONE = "no name servers of it are known; in a closed network set SLIPWAY_DNS_SERVER";
/** Names of zones have few labels; those deeper are looked for from here on. */
const ZONE_LABELS_MAX = 12;

export class NameServers {
  readonly #options: NameServersOptions;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(options: NameServersOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Throws the signal's reason, nothing else. */
  look(name: string, type: RecordType): Promise<NameView> {
    return this.#once(`look ${type} ${name}`, () => this.#look(name, type));
  }

  /** Whether a zone begins at this name: no CNAME can be there. */
  isZone(name: string): Promise<boolean> {
    return this.#once(`zone ${name}`, async () => {
      const { server } = this.#options;
      if (server === null) return (await this.#zoneOf(name)).name === name;
      const answer = await this.#answerOf({ ...server, name: server.address }, name, {
        type: "NS",
        isRecursive: true,
      });
      return "reply" in answer && answer.reply.answers.some((one) => one.name === name && one.type === "NS");
    });
  }

  /** Of the servers that are asked for this name, for people. */
  async whoAnswersFor(name: string): Promise<string> {
    const { server } = this.#options;
    if (server !== null) return `The name server ${server.address}`;
    const { name: zone } = await this.#zoneOf(name);
    return zone === "" ? "The system's resolver" : `The name servers of ${zone}`;
  }

  async #look(name: string, type: RecordType): Promise<NameView> {
    const { server } = this.#options;
    const isRecursive = server !== null;
    let zone = await this.#zoneOf(name);
    for (let referrals = 0; ; referrals++) {
      if (zone.servers.length === 0) return { kind: "failed", reason: zone.problem };
      const asked = zone.servers.map((one) => this.#answerOf(one, name, { type, isRecursive }));
      const answers = await Promise.all(asked);
      const referral = isRecursive ? null : findReferral(answers, name, zone.name);
      if (referral === null || referrals === REFERRALS_MAX) {
        return viewOf(name, type, isRecursive ? answers : answers.map(withAuthority));
      }
      zone = await this.#referred(referral);
    }
  }

  #zoneOf(name: string): Promise<Zone> {
    return this.#once(`servers ${name}`, async () => {
      const { server } = this.#options;
      if (server !== null) return { name: "", servers: [{ ...server, name: server.address }], problem: "" };
      const labels = name.split(".").slice(-ZONE_LABELS_MAX);
      for (let first = 0; first < labels.length; first++) {
        const candidate = labels.slice(first).join(".");
        const answer = await this.#askSystem(candidate, "NS");
        if ("silence" in answer) return { name: "", servers: [], problem: answer.silence };
        const names = valuesOf(answer.reply.answers, candidate, "NS");
        if (names.length > 0) return this.#zoneWith(candidate, names, []);
      }
      return { name: "", servers: [], problem: NO_ZONE };
    });
  }

  #referred({ zone, reply }: Referral): Promise<Zone> {
    const names = valuesOf(reply.authorities, zone, "NS");
    return this.#once(`referred ${zone}`, () => this.#zoneWith(zone, names, reply.additionals));
  }

  /** With the addresses of its servers: from the referral, or as the system's resolver knows them. */
  async #zoneWith(name: string, serverNames: readonly string[], glue: readonly DnsRecord[]): Promise<Zone> {
    const found = serverNames
      .toSorted()
      .slice(0, SERVERS_MAX)
      .map(async (server): Promise<readonly NamedServer[]> => {
        const address = (await this.#addressesOf(server, glue)).find(mayBeAsked);
        return address === undefined
          ? []
          : [{ name: server, address, port: this.#options.authoritativePort }];
      });
    const servers = (await Promise.all(found)).flat();
    return {
      name,
      servers,
      problem: `no address of its name servers (${serverNames.slice(0, 3).join(", ")}) is known`,
    };
  }

  async #addressesOf(server: string, glue: readonly DnsRecord[]): Promise<readonly string[]> {
    const given = [...valuesOf(glue, server, "A"), ...valuesOf(glue, server, "AAAA")];
    if (given.length > 0) return given;
    for (const type of ["A", "AAAA"] as const) {
      const answer = await this.#askSystem(server, type);
      const values = "reply" in answer ? answer.reply.answers.filter((one) => one.type === type) : [];
      if (values.length > 0) return values.map(({ value }) => value);
    }
    return [];
  }

  /** The first of the system's resolvers that answers at all. */
  async #askSystem(name: string, type: RecordType): Promise<ServerAnswer> {
    let last: ServerAnswer = { server: "", silence: "no resolver is configured (/etc/resolv.conf)" };
    for (const resolver of this.#options.resolvers) {
      last = await this.#answerOf({ ...resolver, name: resolver.address }, name, { type, isRecursive: true });
      if ("reply" in last) return last;
    }
    return last;
  }

  #answerOf(
    server: NamedServer,
    name: string,
    how: { readonly type: RecordType; readonly isRecursive: boolean },
  ): Promise<ServerAnswer> {
    const key = `${how.type} ${how.isRecursive} ${server.address} ${server.port} ${name}`;
    return this.#once(key, async () => {
      try {
        return { server: server.name, reply: await ask(server, { name, ...how }, this.#signal) };
      } catch (error) {
        this.#signal.throwIfAborted();
        const silence = error instanceof DnsSilence ? error.message : "the name cannot be asked for";
        return { server: server.name, silence };
      }
    });
  }

  #once<Value>(key: string, look: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const begun = look();
    this.#known.set(key, begun);
    return begun;
  }
}

interface Referral {
  readonly zone: string;
  readonly reply: DnsReply;
}

/** "Not mine: ask those", for a zone below the one that was asked. The system's resolver may not know of it yet. */
function findReferral(answers: readonly ServerAnswer[], name: string, zone: string): Referral | null {
  for (const answer of answers) {
    if (!("reply" in answer)) continue;
    const { reply } = answer;
    if (reply.isAuthoritative || reply.status !== "NOERROR" || reply.answers.length > 0) continue;
    const below = reply.authorities.find(
      (one) => one.type === "NS" && isWithin(name, one.name) && one.name !== zone,
    );
    if (below !== undefined && isWithin(below.name, zone)) return { zone: below.name, reply };
  }
  return null;
}

/** Resolvers do not believe a server that does not vouch for its answer; neither do we. */
function withAuthority(answer: ServerAnswer): ServerAnswer {
  if ("silence" in answer || answer.reply.isAuthoritative) return answer;
  const { status } = answer.reply;
  return { server: answer.server, silence: status === "NOERROR" ? "not responsible" : status };
}

function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

function valuesOf(records: readonly DnsRecord[], name: string, type: RecordType): readonly string[] {
  return records.filter((one) => one.name === name && one.type === type).map(({ value }) => value);
}
