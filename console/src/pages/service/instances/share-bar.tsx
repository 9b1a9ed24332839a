/** How much of what it may have an instance uses. */
import { instances as texts } from "../../../texts.ts";
import { tone } from "../../../parts/tone.ts";

export interface ShareBarProps {
  /** Null: not measured yet. */
  readonly percent: number | null;
  /** What all of it is: `1 vCPU`, `2 GB`. */
  readonly of: string;
}

const MUCH_PERCENT = 75;
const TOO_MUCH_PERCENT = 90;

export function ShareBar({ percent, of }: ShareBarProps) {
  if (percent === null) return <>{texts.unknown}</>;
  const colour = percent >= TOO_MUCH_PERCENT ? tone.bad : percent >= MUCH_PERCENT ? tone.warning : tone.calm;
  return (
    <span className="share">
      <span className="share-track" aria-hidden>
        <span
          className="share-fill"
          style={{ display: "block", inlineSize: `${Math.min(100, percent)}%`, background: colour }}
        />
      </span>
      <span className="share-text">{texts.share(percentText(percent), of)}</span>
    </span>
  );
}

function percentText(percent: number): string {
  return percent > 0 && percent < 10 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}
