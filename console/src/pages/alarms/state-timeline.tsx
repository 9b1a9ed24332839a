/** An alarm's states in the last day, as a band of colours; the table below it has the same in words. */
import { alarms as texts } from "../../texts.ts";
import { exactMoment } from "../../parts/moment.tsx";
import type { AlarmState } from "./alarm-data.ts";
import type { StatePiece } from "./state-history.ts";
import "./state-timeline.css";

const TONES: Readonly<Record<AlarmState, string>> = { OK: "good", ALARM: "bad", INSUFFICIENT_DATA: "quiet" };
/** Shorter pieces would not be seen, and an alarm of a minute is what one looks for. */
const SHORTEST_PERCENT = 0.4;

export function StateTimeline({ pieces }: { readonly pieces: readonly StatePiece[] }) {
  const [startMs, endMs] = [pieces[0]?.startMs ?? 0, pieces.at(-1)?.endMs ?? 1];
  const said = pieces.map(({ state, startMs: from }) =>
    texts.stateFrom(nameOf(state), exactMoment(from / 1_000)),
  );
  return (
    <div className="state-timeline">
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn, not loaded */}
      <div className="state-band" role="img" aria-label={texts.timeline(said)}>
        {pieces.map((piece, index) => (
          <span
            key={piece.startMs}
            className={`state-piece state-${piece.state === null ? "none" : TONES[piece.state]}`}
            title={said[index]}
            style={{
              flexGrow: Math.max(SHORTEST_PERCENT, ((piece.endMs - piece.startMs) / (endMs - startMs)) * 100),
            }}
          />
        ))}
      </div>
      <div className="state-ends">
        <span>{exactMoment(startMs / 1_000)}</span>
        <span className="state-legend">
          {(Object.keys(TONES) as AlarmState[]).map((state) => (
            <span key={state}>
              <span className={`state-key state-${TONES[state]}`} /> {texts.states[state]}
            </span>
          ))}
        </span>
        <span>{texts.now}</span>
      </div>
    </div>
  );
}

function nameOf(state: AlarmState | null): string {
  return state === null ? texts.unknownState : texts.states[state];
}
