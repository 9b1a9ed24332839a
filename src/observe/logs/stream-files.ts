/**
 * Where a stream lies on disk, from our own ids only:
 *
 *     <directory>/<service id>/owner.json                      whose it is, and how long its groups are kept
 *     <directory>/<service id>/events.jsonl                    then events.1.jsonl, events.2.jsonl, …
 *     <directory>/<service id>/operations/<operation id>.jsonl then <operation id>.1.jsonl, …
 *     <directory>/<service id>/instances/<instance id>/0.jsonl then 1.jsonl, …
 *     <directory>/<service id>/access/0.jsonl                  then 1.jsonl, …
 *
 * Each file is a segment; only the one with the highest number is ever written to. A closed one may be packed: its name ends
 * with `.zst` then. Where both are there, a crash came between making the packed one and removing the plain one. Segments of a
 * service with a key of KMS are `.sealed` instead of `.jsonl` (sealed-frame.ts).
 */
import { join } from "node:path";
import { SlipwayError } from "../../domain/error.ts";
import type { LogStream } from "../../ports/service-log.ts";
import type { FileAccess } from "./file-access.ts";
import { PACKED_SUFFIX } from "./packed-segment.ts";

export interface StreamFiles {
  readonly serviceId: string;
  readonly stream: LogStream;
  readonly directory: string;
  /** Begins each segment's name; empty where the stream has the directory for itself. */
  readonly prefix: string;
}

export interface Segment {
  readonly number: number;
  readonly isPacked: boolean;
  /** Encrypted. */
  readonly isSealed: boolean;
  /** On disk. */
  readonly bytes: number;
  /** When its last line was written. */
  readonly modifiedAtMs: number;
  readonly createdAtMs: number;
}

export interface StreamSegments {
  readonly files: StreamFiles;
  /** Oldest first. */
  readonly segments: readonly Segment[];
}

const ID = /^[0-9a-f]{32}$/;
const SEGMENT_NAME =
  /^(?:(?<prefix>events|[0-9a-f]{32})(?:\.(?<later>\d{1,9}))?|(?<number>\d{1,9}))\.(?<form>jsonl|sealed)(?<packed>\.zst)?$/;

export function isId(text: string): boolean {
  return ID.test(text);
}

/** Throws NoSuchLogStream when an id is not one of ours: no text of a user's becomes a path. */
export function streamFiles(root: string, serviceId: string, stream: LogStream): StreamFiles {
  const directory = serviceDirectory(root, serviceId);
  if (stream.kind === "events") return { serviceId, stream, directory, prefix: "events" };
  if (stream.kind === "access") {
    return { serviceId, stream, directory: join(directory, "access"), prefix: "" };
  }
  if (stream.kind === "operation") {
    const prefix = checked(stream.operationId);
    return { serviceId, stream, directory: join(directory, "operations"), prefix };
  }
  const own = join(directory, "instances", checked(stream.instanceId));
  return { serviceId, stream, directory: own, prefix: "" };
}

export function serviceDirectory(root: string, serviceId: string): string {
  return join(root, checked(serviceId));
}

function checked(id: string): string {
  if (isId(id)) return id;
  throw new SlipwayError("NoSuchLogStream", { name: id });
}

export type SegmentForm = Pick<Segment, "number" | "isSealed">;

/** The one that is not packed. */
export function segmentPath({ directory, prefix }: StreamFiles, { number, isSealed }: SegmentForm): string {
  const stem = prefix === "" ? [number] : [prefix, ...(number === 0 ? [] : [number])];
  return join(directory, [...stem, isSealed ? "sealed" : "jsonl"].join("."));
}

export function packedPath(files: StreamFiles, form: SegmentForm): string {
  return segmentPath(files, form) + PACKED_SUFFIX;
}

/** Tells one stream from all others. */
export function streamPath({ directory, prefix }: StreamFiles): string {
  return join(directory, prefix);
}

/** Oldest first. */
export async function listSegments(access: FileAccess, files: StreamFiles): Promise<readonly Segment[]> {
  const names = (await access.names(files.directory)).flatMap((name) => parseSegmentName(name) ?? []);
  return withFacts(
    access,
    files,
    names.filter(({ prefix }) => prefix === files.prefix),
  );
}

/** Every stream of a service that has a file. */
export async function listStreams(
  access: FileAccess,
  root: string,
  serviceId: string,
): Promise<readonly StreamSegments[]> {
  const directory = serviceDirectory(root, serviceId);
  const streams = new Map<string, { files: StreamFiles; names: SegmentName[] }>();
  const note = (name: string, toStream: (prefix: string) => LogStream) => {
    const parsed = parseSegmentName(name);
    if (parsed === null) return;
    const files = streamFiles(root, serviceId, toStream(parsed.prefix));
    const path = streamPath(files);
    const known = streams.get(path) ?? { files, names: [] };
    streams.set(path, known);
    known.names.push(parsed);
  };
  for (const name of await access.names(directory)) note(name, () => ({ kind: "events" }));
  for (const name of await access.names(join(directory, "access"))) note(name, () => ({ kind: "access" }));
  for (const name of await access.names(join(directory, "operations"))) {
    note(name, (operationId) => ({ kind: "operation", operationId }));
  }
  for (const instanceId of (await access.names(join(directory, "instances"))).filter(isId)) {
    const names = await access.names(join(directory, "instances", instanceId));
    for (const name of names) note(name, () => ({ kind: "application", instanceId }));
  }
  const found = [...streams.values()];
  return Promise.all(
    found.map(async ({ files, names }) => ({ files, segments: await withFacts(access, files, names) })),
  );
}

type SegmentName = { readonly prefix: string } & Pick<Segment, "number" | "isPacked" | "isSealed">;

function parseSegmentName(name: string): SegmentName | null {
  const groups = SEGMENT_NAME.exec(name)?.groups;
  if (groups === undefined) return null;
  const number = Number(groups["number"] ?? groups["later"] ?? 0);
  return {
    prefix: groups["prefix"] ?? "",
    number,
    isPacked: groups["packed"] !== undefined,
    isSealed: groups["form"] === "sealed",
  };
}

async function withFacts(
  access: FileAccess,
  files: StreamFiles,
  names: readonly SegmentName[],
): Promise<readonly Segment[]> {
  const packed = new Set(names.filter(({ isPacked }) => isPacked).map(({ number }) => number));
  const forms = new Map(names.map(({ number, isSealed }) => [number, isSealed]));
  const segments: Segment[] = [];
  for (const [number, isSealed] of [...forms].toSorted(([left], [right]) => left - right)) {
    const segment = await factsOf(access, files, { number, isSealed, isPacked: packed.has(number) });
    if (segment !== null) segments.push(segment);
  }
  return segments;
}

/** A plain segment may have been packed since its name was read. */
async function factsOf(
  access: FileAccess,
  files: StreamFiles,
  { isPacked, ...form }: Pick<Segment, "number" | "isPacked" | "isSealed">,
): Promise<Segment | null> {
  if (!isPacked) {
    const facts = await access.facts(segmentPath(files, form));
    if (facts !== null) return { ...form, isPacked, ...facts };
  }
  const facts = await access.facts(packedPath(files, form));
  return facts === null ? null : { ...form, isPacked: true, ...facts };
}
