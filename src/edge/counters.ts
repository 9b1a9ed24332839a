/**
 * What HAProxy's workers have counted of some slots and gates. A worker that ends takes its counters with it, so those of a
 * worker that is about to be replaced, or has been, are kept until they were told.
 */
import type { CounterQuestion, HostRefusals, SlotCounters, WorkerCounters } from "../ports/edge-traffic.ts";
import { askOldWorkers } from "./haproxy-process.ts";
import type { EdgeLayout } from "./layout.ts";
import { countersCommand, TOTALS_AT_ONCE } from "./load-script.ts";
import { runCommands, unavailable } from "./runtime-socket.ts";
import { backendName, checkKinds, parseBackendName } from "./slot-file.ts";

const noCounters: SlotCounters = {
  requestCount: 0,
  statusCounts: [0, 0, 0, 0, 0],
  responseBytes: 0,
  presentCount: 0,
};

export class CounterReader {
  readonly #layout: EdgeLayout;
  readonly #kept = new Map<string, WorkerCounters>();
  /** Of which a refusal was heard since the last question. */
  readonly #refusedHosts = new Set<string>();
  #lastQuestion: CounterQuestion = { slots: [], hosts: [] };

  constructor(layout: EdgeLayout) {
    this.#layout = layout;
  }

  async read(
    question: CounterQuestion,
    oldWorkers: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly WorkerCounters[]> {
    this.#lastQuestion = question;
    this.#refusedHosts.clear();
    const answered = await this.#ask(question, oldWorkers, signal);
    const answering = new Set(answered.map(({ worker }) => worker));
    const ended = [...this.#kept.values()].filter(({ worker }) => !answering.has(worker));
    this.#kept.clear();
    return [...answered, ...ended];
  }

  /** Its service is paused, starts or failed. */
  heardRefusal(host: string): void {
    this.#refusedHosts.add(host);
  }

  /** Of what was asked for last, and of what was heard of since: somebody may end before the next question. */
  async keep(
    busySlots: readonly number[],
    oldWorkers: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const slots = [...new Set([...this.#lastQuestion.slots, ...busySlots])];
    const hosts = [...new Set([...this.#lastQuestion.hosts, ...this.#refusedHosts])];
    if (slots.length + hosts.length === 0) return;
    const answered = await this.#ask({ slots, hosts }, oldWorkers, signal).catch(() => []);
    signal.throwIfAborted();
    for (const counters of answered) this.#kept.set(counters.worker, counters);
  }

  async #ask(
    { slots, hosts }: CounterQuestion,
    oldWorkers: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly WorkerCounters[]> {
    const backends = slots.flatMap((slot) => checkKinds.map((kind) => backendName(slot, kind)));
    const commands = inTurns([...backends, ...hosts]).map(countersCommand);
    const [current, old] = await Promise.all([
      runCommands(this.#layout.runtimeSocket, commands, signal),
      askOldWorkers(this.#layout, oldWorkers, commands, signal),
    ]);
    const worker = parseCounters(current.join("\n"));
    if (worker === null) throw unavailable("it did not tell what it has counted");
    return [worker, ...old.flatMap((text) => parseCounters(text) ?? [])];
  }
}

/** Null where no worker of ours has answered: it has ended, or is of an earlier version. */
export function parseCounters(text: string): WorkerCounters | null {
  const slots = new Map<number, SlotCounters>();
  const refusals = new Map<string, HostRefusals>();
  let head: Pick<WorkerCounters, "worker" | "startedAtMs"> | null = null;
  for (const line of text.split("\n")) {
    const [name = "", ...fields] = line.split(",");
    const slot = parseBackendName(name)?.slot;
    if (slot !== undefined) slots.set(slot, withRow(slots.get(slot) ?? noCounters, fields.map(Number)));
    const [first = "", second = "", third = "", fourth = "", fifth = ""] = fields;
    if (name === "worker") head = { worker: `${first}@${second}`, startedAtMs: Number(second) * 1000 };
    if (name === "refused")
      refusals.set(first, {
        fullCount: Number(second),
        lateCount: Number(third),
        guardedCount: Number(fourth),
        awayCount: Number(fifth),
      });
  }
  return head === null ? null : { ...head, slots, refusals };
}

/** A slot is two backends. */
function withRow(slot: SlotCounters, row: readonly number[]): SlotCounters {
  const [requests = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, bytes = 0, present = 0] = row;
  const [t1, t2, t3, t4, t5] = slot.statusCounts;
  return {
    requestCount: slot.requestCount + requests,
    statusCounts: [t1 + s1, t2 + s2, t3 + s3, t4 + s4, t5 + s5],
    responseBytes: slot.responseBytes + bytes,
    presentCount: slot.presentCount + present,
  };
}

/** One command even for nothing: it tells which worker is there. */
function inTurns(names: readonly string[]): readonly (readonly string[])[] {
  const turns = Math.max(1, Math.ceil(names.length / TOTALS_AT_ONCE));
  return Array.from({ length: turns }, (_, turn) =>
    names.slice(turn * TOTALS_AT_ONCE, (turn + 1) * TOTALS_AT_ONCE),
  );
}
