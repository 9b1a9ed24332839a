/**
 * Looks at each alarm when a period of it has ended. Costs what is due: without alarms one question to the store every few
 * seconds. The state and the event that tells of it are saved together, so that a crash loses none and tells none twice.
 */
import { type Alarm, evaluationEnd, nextEvaluation } from "../../domain/alarm.ts";
import { evaluationRange, findState } from "../../domain/alarm-finding.ts";
import { type AlarmChange, changeState, HISTORY_KEPT } from "../../domain/alarm-transition.ts";
import { evaluateQueries } from "../../domain/metric-math/query-evaluation.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MetricReader } from "../../ports/metrics.ts";
import type { Store, Tables } from "../../ports/store.ts";

export interface AlarmEvaluatorDeps {
  readonly store: Store;
  readonly reader: Pick<MetricReader, "read">;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** An alarm that cannot be looked at is looked at again a period later. */
  readonly onError: (error: unknown, alarmName: string | null) => void;
}

const LOOK_EVERY_MS = 5_000;
/** Looked at together. */
const BATCH = 200;
/** More than there may be. */
const ALL = { after: null, limit: 10_000 };
const DAY_MS = 86_400_000;
/** CloudWatch's. */
const HISTORY_DAYS = 30;

export class AlarmEvaluator {
  readonly #deps: AlarmEvaluatorDeps;
  readonly #measuringSinceMs: number;
  #prunedAtMs = 0;
  /** At the start the clock may have been set back while nobody looked. */
  #lookedAtMs = Infinity;

  constructor(deps: AlarmEvaluatorDeps) {
    this.#deps = deps;
    this.#measuringSinceMs = deps.clock.now();
  }

  /** Until the signal is aborted. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await this.#deps.clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  /** One look at all that is due. */
  async evaluateDue(): Promise<void> {
    const nowMs = this.#deps.clock.now();
    if (nowMs < this.#lookedAtMs) await this.#planAgain(nowMs);
    this.#lookedAtMs = nowMs;
    let due: readonly Alarm[];
    do {
      due = await this.#deps.store.alarms.listDue(nowMs, BATCH);
      if (due.length > 0) await this.#evaluateAll(due, nowMs);
    } while (due.length === BATCH);
    if (nowMs - this.#prunedAtMs < DAY_MS) return;
    this.#prunedAtMs = nowMs;
    await this.#deps.store.alarmHistory.prune(nowMs - HISTORY_DAYS * DAY_MS);
  }

  /** After a clock that was set back nobody would be looked at until it is where it was. */
  async #planAgain(nowMs: number): Promise<void> {
    await this.#deps.store.transaction(async (tx) => {
      for (const alarm of (await tx.alarms.list("", ALL)).rows) {
        const nextEvaluationAtMs = nextEvaluation(alarm.definition, nowMs);
        if (alarm.nextEvaluationAtMs > nextEvaluationAtMs)
          await tx.alarms.save({ ...alarm, nextEvaluationAtMs });
      }
    });
    this.#prunedAtMs = Math.min(this.#prunedAtMs, nowMs);
  }

  async #look(): Promise<void> {
    try {
      await this.evaluateDue();
    } catch (error) {
      this.#deps.onError(error, null);
    }
  }

  /** One transaction for all of them: what costs is that it is on disk. */
  async #evaluateAll(alarms: readonly Alarm[], nowMs: number): Promise<void> {
    const changes: AlarmChange[] = [];
    for (const alarm of alarms) changes.push(await this.#evaluate(alarm, nowMs));
    await this.#deps.store.transaction(async (tx) => {
      for (const [index, change] of changes.entries()) await saveUnlessChanged(alarms[index], change, tx);
    });
  }

  async #evaluate(alarm: Alarm, nowMs: number): Promise<AlarmChange> {
    const next = { nextEvaluationAtMs: nextEvaluation(alarm.definition, nowMs) };
    try {
      const change = await this.#find(alarm, nowMs);
      return { ...change, alarm: { ...change.alarm, ...next } };
    } catch (error) {
      this.#deps.onError(error, alarm.name);
      return { alarm: { ...alarm, ...next }, history: [], event: null };
    }
  }

  async #find(alarm: Alarm, nowMs: number): Promise<AlarmChange> {
    const range = evaluationRange(alarm.definition, evaluationEnd(alarm.definition, nowMs));
    const [result] = await evaluateQueries(alarm.definition.queries, range, this.#deps.reader);
    const found = findState(alarm, {
      range,
      values: result?.series.values ?? new Map(),
      nowMs,
      measuringSinceMs: this.#measuringSinceMs,
    });
    return found === null ? { alarm, history: [], event: null } : changeState(alarm, found);
  }
}

/** Not over what a user has changed meanwhile: that is looked at by itself. */
async function saveUnlessChanged(before: Alarm | undefined, change: AlarmChange, tx: Tables): Promise<void> {
  const present = await tx.alarms.get(change.alarm.name);
  if (present !== null && present.version === before?.version) await saveChange(change, tx);
}

async function saveChange({ alarm, history, event }: AlarmChange, tx: Tables): Promise<void> {
  await tx.alarms.save(alarm);
  for (const item of history) await tx.alarmHistory.append(item, HISTORY_KEPT);
  if (event !== null) await tx.events.append(event);
}
