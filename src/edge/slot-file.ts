/**
 * A slot as HAProxy configuration: the durable form of which instances stand behind it.
 *
 * HAProxy 2.6 fixes the kind of health check per backend, so a slot is two backends: `slot_7` checks by TCP,
 * `slot_7_http` by HTTP. An instance goes into the one that its health check asks for; the host map names the one in use.
 * An empty pair costs 22 KB of the worker (29 MB for 1,000 slots).
 */
import { isIP } from "node:net";
import { SlipwayError } from "../domain/error.ts";
import type { InstanceProtocol } from "../domain/instance.ts";
import type { EdgeServer } from "../ports/edge.ts";

export type CheckKind = "tcp" | "http";
export const checkKinds: readonly CheckKind[] = ["tcp", "http"];

/** One instance, reduced to what its `server` line says. */
export interface ServerLine {
  readonly instanceId: string;
  readonly kind: CheckKind;
  readonly address: string;
  readonly port: number;
  readonly maxConcurrency: number;
  readonly protocol: InstanceProtocol;
  /** Weight 0 in the file and at run time: a drained server stays drained over a crash. */
  readonly isDraining: boolean;
  /** HAProxy heeds the mark only in the server-state file; the one in the slot's file is for us. */
  readonly isChecked: boolean;
  readonly intervalS: number;
  readonly rise: number;
  readonly fall: number;
}

const INSTANCE_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const BACKEND = /^slot_(\d{1,7})(_http)?$/;
const SERVER =
  /^ {2}server (\S+) (\S+):(\d+) maxconn (\d+)( proto h2)? weight ([01]) check inter (\d+)s rise (\d+) fall (\d+)( # not checked)?$/;

export function backendName(slot: number, kind: CheckKind): string {
  return kind === "tcp" ? `slot_${slot}` : `slot_${slot}_http`;
}

/** The slot and kind of check a backend stands for, or null when it is none of ours. */
export function parseBackendName(name: string): { readonly slot: number; readonly kind: CheckKind } | null {
  const match = BACKEND.exec(name);
  return match === null ? null : { slot: Number(match[1]), kind: match[2] === undefined ? "tcp" : "http" };
}

/** Reduces an instance to its line. Throws InvalidParameter: a malformed line would keep HAProxy from starting again. */
export function serverLine(server: EdgeServer): ServerLine {
  const { healthCheck } = server;
  const line: ServerLine = {
    instanceId: server.instanceId,
    kind: healthCheck.protocol === "HTTP" ? "http" : "tcp",
    address: server.address,
    port: server.port,
    maxConcurrency: server.maxConcurrency,
    protocol: server.protocol,
    isDraining: false,
    isChecked: true,
    // A check has to end within `inter`; the net must never be stricter than what was configured.
    intervalS: Math.max(healthCheck.intervalS, healthCheck.timeoutS),
    rise: healthCheck.healthyThreshold,
    fall: healthCheck.unhealthyThreshold,
  };
  const problem = problemOf(line);
  if (problem !== null) throw new SlipwayError("InvalidParameter", { path: "EdgeServer", problem });
  return line;
}

function problemOf(line: ServerLine): string | null {
  if (!INSTANCE_ID.test(line.instanceId)) return `"${line.instanceId}" is not an instance id`;
  if (isIP(line.address) === 0) return `"${line.address}" is not an IP address`;
  if (!isWithin(line.port, 65_535)) return `${line.port} is not a port`;
  if (!isWithin(line.maxConcurrency, 1_000_000)) return `${line.maxConcurrency} is not a concurrency`;
  if (![line.intervalS, line.rise, line.fall].every((value) => isWithin(value, 3_600))) {
    return "interval and thresholds must be whole numbers from 1";
  }
  return null;
}

function isWithin(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= maximum;
}

const PROTOCOL_WORDS: Readonly<Record<InstanceProtocol, string>> = { http1: "", h2c: " proto h2" };

/** The part of a line that `add server` takes as well. */
export function formatServer(line: ServerLine): string {
  const address = isIP(line.address) === 6 ? `[${line.address}]` : line.address;
  return (
    `${address}:${line.port} maxconn ${line.maxConcurrency}${PROTOCOL_WORDS[line.protocol]} weight ${line.isDraining ? 0 : 1} ` +
    `check inter ${line.intervalS}s rise ${line.rise} fall ${line.fall}`
  );
}

/** The whole file of a slot; lines keep the order in which instances came. */
export function renderSlot(slot: number, servers: readonly ServerLine[]): string {
  const backends = checkKinds.map((kind) => {
    const lines = servers.filter((server) => server.kind === kind);
    const section = `backend ${backendName(slot, kind)} from slot_${kind}\n`;
    return section + lines.map(renderServer).join("");
  });
  return backends.join("");
}

function renderServer(line: ServerLine): string {
  return `  server ${line.instanceId} ${formatServer(line)}${line.isChecked ? "" : " # not checked"}\n`;
}

/** Reads a slot's file back; null when it is not exactly what `renderSlot` writes. */
export function parseSlot(slot: number, text: string): readonly ServerLine[] | null {
  const servers: ServerLine[] = [];
  let kind: CheckKind = "tcp";
  for (const row of text.split("\n")) {
    if (row === `backend ${backendName(slot, "http")} from slot_http`) kind = "http";
    const match = SERVER.exec(row);
    if (match === null) continue;
    servers.push(lineOf(match, kind));
  }
  const isExact = renderSlot(slot, servers) === text && servers.every((line) => problemOf(line) === null);
  return isExact ? servers : null;
}

function lineOf(match: RegExpExecArray, kind: CheckKind): ServerLine {
  const [, instanceId = "", address = "", port, maxConcurrency, h2c, weight, intervalS, rise, fall, mark] =
    match;
  return {
    instanceId,
    kind,
    address: address.replace(/^\[|\]$/g, ""),
    port: Number(port),
    maxConcurrency: Number(maxConcurrency),
    protocol: h2c === undefined ? "http1" : "h2c",
    isDraining: weight === "0",
    isChecked: mark === undefined,
    intervalS: Number(intervalS),
    rise: Number(rise),
    fall: Number(fall),
  };
}
