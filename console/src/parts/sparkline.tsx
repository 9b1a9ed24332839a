/** A tiny chart of one series, without axes: its shape, and for screen readers what it says in one sentence. */
import { sparklinePath } from "./sparkline-path.ts";
import { type Tone, tone as tones } from "./tone.ts";

export interface SparklineProps {
  /** In order of time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** What it shows and what it comes to: "Requests in the last hour: 120". */
  readonly label: string;
  readonly tone?: Tone;
  /** So that several of them can be compared; else the greatest value. */
  readonly maximum?: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
}

export function Sparkline(props: SparklineProps) {
  const { values, label, tone = "calm", maximum, widthPx = 96, heightPx = 24 } = props;
  const { line, area } = sparklinePath(values, { widthPx, heightPx, maximum });
  return (
    <span title={label}>
      <svg
        aria-hidden
        width={widthPx}
        height={heightPx}
        viewBox={`0 0 ${widthPx} ${heightPx}`}
        style={{ color: tones[tone], display: "block" }}
      >
        <path d={area} fill="currentColor" fillOpacity={0.15} />
        <path d={line} fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinejoin="round" />
      </svg>
      <span className="heard-only">{label}</span>
    </span>
  );
}
