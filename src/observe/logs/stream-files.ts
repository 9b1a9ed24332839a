/**
 * Where a stream lies on disk, from our own ids only:
 *
 *     <directory>/<service id>/events.jsonl                    then events.1.jsonl, events.2.jsonl, …
 *     <directory>/<service id>/operations/<operation id>.jsonl then <operation id>.1.jsonl, …
 *     <directory>/<service id>/instances/<instance id>/0.jsonl then 1.jsonl, …
 *     <directory>/<service id>/access/0.jsonl                  then 1.jsonl, …
 *
 * Each file is a segment; only the one with the highest number is ever written to.
 */
import { join } from "node:path";
import { SlipwayError } from "../../domain/error.ts";
import type { LogStream } from "../../ports/service-log.ts";
import type { FileAccess, FileFacts } from "./file-access.ts";

export interface StreamFiles {
  readonly stream: LogStream;
  readonly directory: string;
  /** Begins each segment's name; empty where the stream has the directory for itself. */
  readonly prefix: string;
}

export interface Segment extends FileFacts {
  readonly number: number;
}

const ID = /^[0-9a-f]{32}$/;
const SEGMENT_NAME = /^(?:(?<prefix>events|[0-9a-f]{32})(?:\.(?<later>\d{1,9}))?|(?<number>\d{1,9}))\.jsonl$/;

export function isId(text: string): boolean {
  return ID.test(text);
}

/** Throws NoSuchLogStream when an id is not one of ours: no text of a user's becomes a path. */
export function streamFiles(root: string, serviceId: string, stream: LogStream): StreamFiles {
  const directory = join(root, checked(serviceId));
  if (stream.kind === "events") return { stream, directory, prefix: "events" };
  if (stream.kind === "access") return { stream, directory: join(directory, "access"), prefix: "" };
  if (stream.kind === "operation") {
    return { stream, directory: join(directory, "operations"), prefix: checked(stream.operationId) };
  }
  return { stream, directory: join(directory, "instances", checked(stream.instanceId)), prefix: "" };
}

function checked(id: string): string {
  if (isId(id)) return id;
  throw new SlipwayError("NoSuchLogStream", { name: id });
}

export function segmentPath({ directory, prefix }: StreamFiles, number: number): string {
  const words = prefix === "" ? [number, "jsonl"] : [prefix, ...(number === 0 ? [] : [number]), "jsonl"];
  return join(directory, words.join("."));
}

/** Oldest first. */
export async function listSegments(access: FileAccess, files: StreamFiles): Promise<readonly Segment[]> {
  const numbers = (await access.names(files.directory))
    .map(parseSegmentName)
    .filter((name) => name?.prefix === files.prefix)
    .map((name) => name?.number ?? 0);
  return withFacts(access, files, numbers);
}

/** Every stream of a service that has a file. */
export async function listStreams(
  access: FileAccess,
  root: string,
  serviceId: string,
): Promise<readonly { readonly files: StreamFiles; readonly segments: readonly Segment[] }[]> {
  const directory = streamFiles(root, serviceId, { kind: "events" }).directory;
  const streams = new Map<string, { files: StreamFiles; numbers: number[] }>();
  const note = (name: string, toStream: (prefix: string) => LogStream) => {
    const parsed = parseSegmentName(name);
    if (parsed === null) return;
    const files = streamFiles(root, serviceId, toStream(parsed.prefix));
    const path = segmentPath(files, 0);
    const known = streams.get(path) ?? { files, numbers: [] };
    streams.set(path, known);
    known.numbers.push(parsed.number);
  };
  for (const name of await access.names(directory)) note(name, () => ({ kind: "events" }));
  for (const name of await access.names(join(directory, "operations"))) {
    note(name, (operationId) => ({ kind: "operation", operationId }));
  }
  for (const instanceId of (await access.names(join(directory, "instances"))).filter(isId)) {
    const names = await access.names(join(directory, "instances", instanceId));
    for (const name of names) note(name, () => ({ kind: "application", instanceId }));
  }
  const found = [...streams.values()];
  return Promise.all(
    found.map(async ({ files, numbers }) => ({ files, segments: await withFacts(access, files, numbers) })),
  );
}

function parseSegmentName(name: string): { readonly prefix: string; readonly number: number } | null {
  const groups = SEGMENT_NAME.exec(name)?.groups;
  if (groups === undefined) return null;
  return { prefix: groups["prefix"] ?? "", number: Number(groups["number"] ?? groups["later"] ?? 0) };
}

async function withFacts(
  access: FileAccess,
  files: StreamFiles,
  numbers: readonly number[],
): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  for (const number of numbers.toSorted((left, right) => left - right)) {
    const facts = await access.facts(segmentPath(files, number));
    if (facts !== null) segments.push({ number, ...facts });
  }
  return segments;
}
