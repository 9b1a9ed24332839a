/**
 * Whose the logs in a directory are, and how long they are kept: one small file for each service, replaced whole. It outlives
 * the service, so that its logs can be found by its name until they are too old.
 */
import { join } from "node:path";
import { groupOf, type LogGroupKind, type LogOwner } from "../../ports/service-log.ts";
import type { FileAccess } from "./file-access.ts";
import { SerialQueue } from "./serial-queue.ts";
import { listStreams, serviceDirectory } from "./stream-files.ts";

export const OWNER_FILE = "owner.json";
/** More than anybody has services. */
const MAX_REMEMBERED = 10_000;
const UNKNOWN_NAME = "unknown";

export interface GroupFacts {
  readonly createdAtMs: number;
  readonly retentionDays: number | null;
}

export interface OwnerFacts {
  readonly serviceName: string;
  readonly groups: Readonly<Partial<Record<LogGroupKind, GroupFacts>>>;
}

const NEW_OWNER: OwnerFacts = { serviceName: UNKNOWN_NAME, groups: {} };

export class Owners {
  readonly #root: string;
  readonly #access: FileAccess;
  readonly #queue = new SerialQueue();
  readonly #known = new Map<string, OwnerFacts>();

  constructor(root: string, access: FileAccess) {
    this.#root = root;
    this.#access = access;
  }

  isNoted({ serviceId, serviceName }: LogOwner, group: LogGroupKind): boolean {
    return isNotedIn(this.#known.get(serviceId), serviceName, group);
  }

  /** Before lines are written to a group that is not noted. */
  async note({ serviceId, serviceName }: LogOwner, group: LogGroupKind, nowMs: number): Promise<void> {
    await this.#change(serviceId, (facts) => {
      if (isNotedIn(facts, serviceName, group)) return facts;
      const noted = facts.groups[group] ?? { createdAtMs: nowMs, retentionDays: null };
      return { serviceName, groups: { ...facts.groups, [group]: noted } };
    });
  }

  async facts(serviceId: string): Promise<OwnerFacts> {
    return this.#known.get(serviceId) ?? (await this.#read(serviceId));
  }

  async setRetention(
    owner: LogOwner,
    group: LogGroupKind,
    days: number | null,
    nowMs: number,
  ): Promise<void> {
    await this.note(owner, group, nowMs);
    await this.#change(owner.serviceId, ({ serviceName, groups }) => ({
      serviceName,
      groups: { ...groups, [group]: { ...(groups[group] ?? { createdAtMs: nowMs }), retentionDays: days } },
    }));
  }

  async forgetGroup({ serviceId }: LogOwner, group: LogGroupKind): Promise<void> {
    await this.#change(serviceId, ({ serviceName, groups }) => {
      const { [group]: _gone, ...others } = groups;
      return { serviceName, groups: others };
    });
  }

  /** All of the service's logs are gone. */
  async forget(serviceId: string): Promise<void> {
    await this.#queue.run(async () => {
      this.#known.delete(serviceId);
      await this.#access.remove(this.#path(serviceId));
    });
  }

  async #change(serviceId: string, change: (facts: OwnerFacts) => OwnerFacts): Promise<void> {
    await this.#queue.run(async () => {
      const before = await this.facts(serviceId);
      const after = change(before);
      if (after !== before) await this.#access.replace(this.#path(serviceId), `${JSON.stringify(after)}\n`);
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      this.#known.set(serviceId, after);
    });
  }

  async #read(serviceId: string): Promise<OwnerFacts> {
    const text = await this.#access.readText(this.#path(serviceId));
    return (text === null ? null : parse(text)) ?? this.#found(serviceId);
  }

  /** Logs of earlier versions have no such file. */
  async #found(serviceId: string): Promise<OwnerFacts> {
    const groups: Partial<Record<LogGroupKind, GroupFacts>> = {};
    for (const { files, segments } of await listStreams(this.#access, this.#root, serviceId)) {
      const group = groupOf(files.stream);
      const createdAtMs = Math.floor(segments[0]?.createdAtMs ?? Infinity);
      const earlier = Math.min(createdAtMs, groups[group]?.createdAtMs ?? Infinity);
      if (earlier < Infinity) groups[group] = { createdAtMs: earlier, retentionDays: null };
    }
    return { ...NEW_OWNER, groups };
  }

  #path(serviceId: string): string {
    return join(serviceDirectory(this.#root, serviceId), OWNER_FILE);
  }
}

function isNotedIn(facts: OwnerFacts | undefined, serviceName: string, group: LogGroupKind): boolean {
  return facts?.serviceName === serviceName && facts.groups[group] !== undefined;
}

/** Null for what a crash of the machine left. */
function parse(text: string): OwnerFacts | null {
  try {
    const { serviceName, groups } = JSON.parse(text) as Partial<OwnerFacts>;
    return serviceName === undefined || groups === undefined ? null : { serviceName, groups };
  } catch {
    return null;
  }
}
