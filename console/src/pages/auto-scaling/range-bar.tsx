/** From how many to how many, on a scale that all rows share. */
import { tone } from "../../parts/tone.ts";

const WIDTH = 140;
const HEIGHT = 8;
const Y = 1;

export interface RangeBarProps {
  readonly min: number;
  readonly max: number;
  /** Where the scale ends. */
  readonly most: number;
}

export function RangeBar({ min, max, most }: RangeBarProps) {
  const at = (count: number) => (Math.min(count, most) / most) * WIDTH;
  return (
    <svg
      width={WIDTH}
      height={HEIGHT + 2 * Y}
      aria-hidden="true"
      style={{ display: "block", marginBlock: 4 }}
    >
      <rect y={Y + 2} width={WIDTH} height={HEIGHT - 4} rx={2} style={{ fill: tone.line }} />
      <rect y={Y} width={at(max)} height={HEIGHT} rx={4} style={{ fill: tone.calm, opacity: 0.45 }} />
      <rect y={Y} width={Math.max(4, at(min))} height={HEIGHT} rx={4} style={{ fill: tone.calm }} />
    </svg>
  );
}
