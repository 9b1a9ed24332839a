/** Reads what HAProxy prints: `show stat` (CSV), `show proc`, `show map`. Pure. */
import { type CheckKind, parseBackendName } from "./slot-file.ts";

/** A server as a worker sees it. */
export interface ServerRow {
  readonly slot: number;
  readonly kind: CheckKind;
  readonly instanceId: string;
  readonly address: string;
  readonly port: number;
  readonly maxConcurrency: number;
  readonly isDraining: boolean;
  /** False also in maintenance. */
  readonly isChecked: boolean;
  /** True when it takes no traffic for another reason than draining: a change was interrupted half-way. */
  readonly isInMaintenance: boolean;
  readonly health: "up" | "down" | "unknown";
  readonly inFlight: number;
  /** 0, like `fall`, where it is not checked. */
  readonly rise: number;
  readonly fall: number;
}

export interface SlotRow {
  readonly slot: number;
  readonly kind: CheckKind;
  readonly queued: number;
}

export interface Statistics {
  readonly servers: readonly ServerRow[];
  readonly slots: readonly SlotRow[];
}

type Column = (name: string) => string;

/** Rows of `show stat <backend> 6 -1`; several of them may follow each other. */
export function parseStatistics(csv: string): Statistics {
  const servers: ServerRow[] = [];
  const slots: SlotRow[] = [];
  let index = new Map<string, number>();
  for (const line of csv.split("\n")) {
    if (line.startsWith("# ")) {
      index = new Map(
        line
          .slice(2)
          .split(",")
          .map((name, position) => [name, position]),
      );
      continue;
    }
    const fields = line.split(",");
    const column: Column = (name) => fields[index.get(name) ?? -1] ?? "";
    const backend = parseBackendName(column("pxname"));
    if (backend === null) continue;
    if (column("svname") === "BACKEND") slots.push({ ...backend, queued: Number(column("qcur")) });
    else servers.push(parseServer(backend, column));
  }
  return { servers, slots };
}

function parseServer(
  backend: { readonly slot: number; readonly kind: CheckKind },
  column: Column,
): ServerRow {
  const endpoint = column("addr");
  const colon = endpoint.lastIndexOf(":");
  const status = column("status");
  return {
    ...backend,
    instanceId: column("svname"),
    address: endpoint.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(endpoint.slice(colon + 1)),
    maxConcurrency: Number(column("slim")),
    isDraining: column("uweight") === "0",
    isChecked: column("check_status") !== "",
    isInMaintenance: status.startsWith("MAINT"),
    health: healthOf(status, column("check_status")),
    inFlight: Number(column("scur")),
    rise: Number(column("check_rise")),
    fall: Number(column("check_fall")),
  };
}

/**
 * `check_status` is INI before the first check, starts with `* ` while one runs, and is empty in maintenance and without
 * checks (`no check`, `DRAIN`).
 */
function healthOf(status: string, checkStatus: string): ServerRow["health"] {
  const result = checkStatus.replace(/^\* /, "");
  if (status.startsWith("DOWN")) return "down";
  return status.startsWith("MAINT") || result === "INI" || result === "UNK" ? "unknown" : "up";
}

export interface Processes {
  readonly reloads: number;
  readonly failedReloads: number;
  readonly worker: number | null;
  /** Workers that a reload replaced and that still end their requests. */
  readonly oldWorkers: readonly number[];
  readonly version: string;
}

/** `show proc` of the master. */
export function parseProcesses(text: string): Processes {
  const oldAt = text.indexOf("# old workers");
  const isOld = (offset: number): boolean => oldAt !== -1 && offset > oldAt;
  const rows = [...text.matchAll(/^(\d+)\s+worker\s+/gm)].map((row) => ({
    pid: Number(row[1]),
    offset: row.index,
  }));
  const master = /^\d+\s+master\s+(\d+)(?: \[failed: (\d+)\])?\s+\S+\s+(\S+)/m.exec(text);
  return {
    reloads: Number(master?.[1] ?? 0),
    failedReloads: Number(master?.[2] ?? 0),
    worker: rows.find(({ offset }) => !isOld(offset))?.pid ?? null,
    oldWorkers: rows.filter(({ offset }) => isOld(offset)).map(({ pid }) => pid),
    version: master?.[3] ?? "",
  };
}

/**
 * What `get map` says of a key (`type=str, case=sensitive, found=yes, idx=tree, key="a.test", value="slot_0/…", type="str"`); null:
 * it is not there; "unknown": this is no such answer.
 */
export function parseMapAnswer(text: string, key: string): { readonly value: string } | null | "unknown" {
  if (!/\bfound=(yes|no)\b/.test(text)) return "unknown";
  const found = /\bfound=yes\b.* key="([^"]*)", value="([^"]*)"/.exec(text);
  return found?.[1] === key ? { value: found[2] ?? "" } : null;
}

/** `show map`: lines of pointer, key, value. A key that occurs twice keeps its first value, as HAProxy does. */
export function parseMapEntries(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [pointer = "", key = "", value = ""] = line.split(" ");
    if (pointer.startsWith("0x") && !entries.has(key)) entries.set(key, value);
  }
  return entries;
}
