/**
 * What the control plane that runs was started with. It reads its settings once: whoever says `up` to it with others
 * should hear that they do not count yet. The record is of the process with its number, and of no other.
 */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Settings, toFileText } from "./settings.ts";
import { replaceFile, statePath } from "./state-directory.ts";

const RUNNING_FILE = "running.json";

/** As in `settings.json`, which holds no secrets. */
export type RecordedSettings = Readonly<Record<string, unknown>>;

/** Values as people write them. */
export interface SettingDifference {
  readonly name: string;
  readonly running: string;
  readonly given: string;
}

export function recordRunning(settings: Settings): void {
  const record = { pid: process.pid, settings: recordOf(settings) };
  const path = statePath(settings.stateDirectory, RUNNING_FILE);
  replaceFile(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** Null: this process has written none, because it has only just begun or is of an older version. */
export function readRunning(stateDirectory: string, pid: number): RecordedSettings | null {
  try {
    const record = JSON.parse(readFileSync(statePath(stateDirectory, RUNNING_FILE), "utf8")) as {
      readonly pid?: unknown;
      readonly settings?: RecordedSettings;
    };
    return record.pid === pid ? (record.settings ?? null) : null;
  } catch {
    return null;
  }
}

export function differencesFrom(running: RecordedSettings, settings: Settings): readonly SettingDifference[] {
  const given = recordOf(settings);
  const names = [...new Set([...Object.keys(running), ...Object.keys(given)])].sort();
  return names
    .filter((name) => !isDeepStrictEqual(running[name], given[name]))
    .map((name) => ({ name, running: textOf(running[name]), given: textOf(given[name]) }));
}

function recordOf(settings: Settings): RecordedSettings {
  return JSON.parse(toFileText(settings)) as RecordedSettings;
}

function textOf(value: unknown): string {
  if (value === undefined) return "not set";
  return typeof value === "string" ? value : JSON.stringify(value);
}
