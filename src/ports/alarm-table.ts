/** Alarms and what became of them: a part of the store. */
import type { Alarm, AlarmHistoryItem, AlarmHistoryType } from "../domain/alarm.ts";
import type { Page, PageRequest } from "./page.ts";

export interface AlarmTable {
  get(name: string): Promise<Alarm | null>;
  /** Those whose names begin with the prefix, in order of name. */
  list(prefix: string, page: PageRequest): Promise<Page<Alarm>>;
  /** Those whose next evaluation is due, the longest due first. */
  listDue(nowMs: number, limit: number): Promise<readonly Alarm[]>;
  count(): Promise<number>;
  save(alarm: Alarm): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface AlarmHistoryTable {
  /** Forgets all but the newest `keep` of the same alarm. */
  append(item: AlarmHistoryItem, keep: number): Promise<void>;
  /** Of deleted alarms too, until they are pruned. */
  list(query: AlarmHistoryQuery, page: PageRequest): Promise<Page<AlarmHistoryItem>>;
  prune(beforeMs: number): Promise<void>;
}

export interface AlarmHistoryQuery {
  readonly alarmName: string | null;
  readonly type: AlarmHistoryType | null;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly order: "newest-first" | "oldest-first";
}
