/** How much goes into the own log: kept in the database, so that a restart in the middle of a search changes nothing. */
import type { Logger } from "pino";
import type { Clock } from "../ports/clock.ts";
import { LOG_LEVELS, type LogLevel, type LogLevels, type LogLevelState } from "../ports/own-health.ts";
import type { SettingTable } from "../ports/store.ts";

const SETTING = "log-level";
const DEFAULT: LogLevelState = { level: "info", untilMs: null, normal: "info" };
/** Far below what a timer can count; a clock that was set is noticed after this. */
const LOOK_EACH_MS = 1_000;

export class StoredLogLevels implements LogLevels {
  readonly #settings: SettingTable;
  readonly #logger: Logger;
  readonly #clock: Clock;
  #state: LogLevelState = DEFAULT;

  private constructor(settings: SettingTable, logger: Logger, clock: Clock) {
    this.#settings = settings;
    this.#logger = logger;
    this.#clock = clock;
  }

  /** As it was before the restart. */
  static async open(settings: SettingTable, logger: Logger, clock: Clock): Promise<StoredLogLevels> {
    const levels = new StoredLogLevels(settings, logger, clock);
    levels.#apply(readState(await settings.get(SETTING)));
    levels.#fallBack();
    return levels;
  }

  current(): LogLevelState {
    this.#fallBack();
    return this.#state;
  }

  async set(level: LogLevel, durationMs: number | null): Promise<LogLevelState> {
    this.#fallBack();
    const isForGood = durationMs === null;
    const state = {
      level,
      untilMs: isForGood ? null : this.#clock.now() + durationMs,
      normal: isForGood ? level : this.#state.normal,
    };
    await this.#settings.put(SETTING, JSON.stringify(state));
    this.#apply(state);
    return state;
  }

  /** Falls back when it is time, until the end. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      this.#fallBack();
      await this.#clock.sleep(LOOK_EACH_MS, end).catch(() => undefined);
    }
  }

  #fallBack(): void {
    const { untilMs, normal } = this.#state;
    if (untilMs === null || this.#clock.now() < untilMs) return;
    this.#apply({ level: normal, untilMs: null, normal });
  }

  #apply(state: LogLevelState): void {
    this.#state = state;
    this.#logger.level = state.level;
  }
}

/** What cannot be read is as if it had never been set. */
function readState(text: string | null): LogLevelState {
  try {
    const { level, untilMs, normal } = JSON.parse(text ?? "{}") as Partial<LogLevelState>;
    if (!isLevel(level) || !isLevel(normal)) return DEFAULT;
    return { level, normal, untilMs: typeof untilMs === "number" ? untilMs : null };
  } catch {
    return DEFAULT;
  }
}

function isLevel(level: unknown): level is LogLevel {
  return LOG_LEVELS.some((one) => one === level);
}
