/**
 * The list that gives certificates their names (HAProxy's crt-list), for the disk and as it is loaded. Each name stands once,
 * with the newest certificate that is for it: where HAProxy finds a name twice it takes the older.
 */
import { join } from "node:path";
import type { CertificateFacts } from "./certificate-file.ts";
import type { EdgeLayout } from "./layout.ts";

/** Path of a certificate's file → the names that get it. A certificate without any is left out. */
export type CertificateNames = ReadonlyMap<string, readonly string[]>;

export function servedNames(layout: EdgeLayout, certificates: Iterable<CertificateFacts>): CertificateNames {
  const byRank = [...certificates].sort(
    (left, right) => left.rank - right.rank || compare(left.id, right.id),
  );
  const newest = new Map(
    byRank.flatMap((certificate) => certificate.names.map((name) => [name, certificate])),
  );
  const served = byRank.map((certificate): readonly [string, readonly string[]] => [
    join(layout.certificateDirectory, certificate.fileName),
    certificate.names.filter((name) => newest.get(name) === certificate),
  ]);
  return new Map(served.filter(([, names]) => names.length > 0));
}

export function renderCertificateList(names: CertificateNames): string {
  return [...names].map(([path, served]) => `${formatEntry(path, served)}\n`).join("");
}

export function formatEntry(path: string, names: readonly string[]): string {
  return `${path} ${names.join(" ")}`;
}

/** What HAProxy has of ours. */
export interface LoadedCertificates {
  /** Of a change that was begun and neither made nor given up. */
  readonly transaction: string | null;
  /** Paths, also of certificates that no name leads to, or that are empty. */
  readonly paths: ReadonlySet<string>;
  readonly entries: readonly LoadedEntry[];
}

export interface LoadedEntry {
  readonly path: string;
  /** Tells entries of the same certificate apart. */
  readonly line: number;
  readonly names: readonly string[];
}

/** Commands whose replies `parseLoaded` reads. 1,000 certificates: 2 ms of HAProxy's time. */
export function loadedCommands(layout: EdgeLayout): readonly string[] {
  return ["show ssl cert", `show ssl crt-list -n ${layout.certificateList}`];
}

export function parseLoaded(layout: EdgeLayout, replies: readonly string[]): LoadedCertificates {
  const [certificates = "", list = ""] = replies;
  const isOurs = (path: string): boolean =>
    path.startsWith(`${layout.certificateDirectory}/`) && path !== layout.defaultCertificate;
  const lines = certificates.split("\n");
  const transaction = lines.find((line) => line.startsWith("*"));
  return {
    transaction: transaction?.slice(1) ?? null,
    paths: new Set(lines.filter(isOurs)),
    entries: list
      .split("\n")
      .flatMap(parseEntry)
      .filter(({ path }) => isOurs(path)),
  };
}

function parseEntry(line: string): LoadedEntry[] {
  const [, path = "", number, names = ""] = /^(\/\S+):(\d+) (.+)$/.exec(line) ?? [];
  return path === "" ? [] : [{ path, line: Number(number), names: names.split(" ") }];
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
