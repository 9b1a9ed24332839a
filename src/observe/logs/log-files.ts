/** The reading side of all logs: groups, streams, pages, searches. */
import {
  groupOf,
  type LogBackwardPage,
  type LogGroup,
  type LogGroupKind,
  type LogOwner,
  type LogPage,
  type LogQuery,
  type LogReadFrom,
  type LogSearchPage,
  type LogStream,
  type LogStreamSummary,
} from "../../ports/service-log.ts";
import { BlockCatalogue } from "./block-catalogue.ts";
import type { LogDisk } from "./log-disk.ts";
import { searchBlocks } from "./log-search.ts";
import type { Owners } from "./owners.ts";
import { SearchGate } from "./search-gate.ts";
import { isId, listSegments, listStreams, streamFiles, type StreamSegments } from "./stream-files.ts";
import { readPage, readPageBackward } from "./stream-reader.ts";
import { readTail, summarize } from "./stream-summary.ts";
import type { Turns } from "./turns.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Each wants the threads in turn; more would only make all of them late. */
const MAX_SEARCHES = 4;
const GROUPS: readonly LogGroupKind[] = ["access", "application", "service"];
const KINDS: readonly LogStream["kind"][] = ["events", "operation", "application", "access"];

interface LogFilesContext extends LogDisk {
  readonly root: string;
  readonly owners: Owners;
  readonly workers: Pick<WorkerPool, "run">;
  readonly turns: Turns;
  readonly now: () => number;
}

export class LogFiles {
  readonly #context: LogFilesContext;
  readonly #catalogue: BlockCatalogue;
  readonly #gate = new SearchGate(MAX_SEARCHES);

  constructor(context: LogFilesContext) {
    this.#context = context;
    this.#catalogue = new BlockCatalogue(context, context.workers);
  }

  async groups(): Promise<readonly LogGroup[]> {
    const { access, root } = this.#context;
    const ids = (await access.names(root)).filter(isId);
    const groups = await Promise.all(ids.map(async (serviceId) => this.#groupsOf(serviceId)));
    return groups.flat().sort(byNameAndId);
  }

  /** Events, then operations, instances, requests; the most recent of each kind first. */
  async streams(owner: LogOwner): Promise<readonly LogStreamSummary[]> {
    const streams = await this.#list(owner);
    const summaries = await Promise.all(streams.map(async (stream) => summarize(this.#context, stream)));
    return summaries
      .filter(({ firstEventMs }) => firstEventMs !== null)
      .sort(
        (left, right) =>
          KINDS.indexOf(left.stream.kind) - KINDS.indexOf(right.stream.kind) ||
          (right.lastEventMs ?? 0) - (left.lastEventMs ?? 0),
      );
  }

  async read(owner: LogOwner, stream: LogStream, from: LogReadFrom, limit: number): Promise<LogPage> {
    return readPage(this.#context, this.#files(owner, stream), from, limit);
  }

  async readBackward(
    owner: LogOwner,
    stream: LogStream,
    from: LogReadFrom,
    limit: number,
  ): Promise<LogBackwardPage> {
    return readPageBackward(this.#context, this.#files(owner, stream), from, limit);
  }

  async tail(owner: LogOwner, stream: LogStream, lineCount: number): Promise<readonly string[]> {
    return readTail(this.#context, this.#files(owner, stream), lineCount);
  }

  async search(query: LogQuery, signal: AbortSignal): Promise<LogSearchPage> {
    return this.#gate.enter(signal, async () => {
      const streams = await this.#streamsOf(query);
      const blocks = await Promise.all(streams.map(async (stream) => this.#catalogue.blocks(stream)));
      return searchBlocks(this.#context, blocks.flat(), query, signal);
    });
  }

  async #streamsOf({ owner, group, streams }: LogQuery): Promise<readonly StreamSegments[]> {
    if (streams === null) {
      return (await this.#list(owner)).filter(({ files }) => groupOf(files.stream) === group);
    }
    const asked = streams.map(async (stream) => {
      const files = this.#files(owner, stream);
      return { files, segments: await listSegments(this.#context.access, files) };
    });
    return Promise.all(asked);
  }

  async #groupsOf(serviceId: string): Promise<readonly LogGroup[]> {
    const { access, root, owners } = this.#context;
    const streams = await listStreams(access, root, serviceId);
    const { serviceName, groups } = await owners.facts(serviceId);
    return GROUPS.flatMap((group) => {
      const facts = groups[group];
      const segments = streams
        .filter(({ files }) => groupOf(files.stream) === group)
        .flatMap(({ segments }) => segments);
      if (facts === undefined || segments.length === 0) return [];
      const storedBytes = segments.reduce((sum, { bytes }) => sum + bytes, 0);
      return [{ owner: { serviceId, serviceName }, group, storedBytes, ...facts }];
    });
  }

  async #list({ serviceId }: LogOwner): Promise<readonly StreamSegments[]> {
    return listStreams(this.#context.access, this.#context.root, serviceId);
  }

  #files({ serviceId }: LogOwner, stream: LogStream) {
    return streamFiles(this.#context.root, serviceId, stream);
  }
}

function byNameAndId(left: LogGroup, right: LogGroup): number {
  return (
    compare(left.owner.serviceName, right.owner.serviceName) ||
    compare(left.owner.serviceId, right.owner.serviceId)
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
