/** How many instances a service has: a dot for each of the first few, and the numbers in words. */
import Box from "@cloudscape-design/components/box";
import type { Output } from "../api/wire.ts";
import { service as texts } from "../texts.ts";
import { type Tone, tone } from "./tone.ts";

type Overview = Output<"Slipway.ListServiceOverviews">["Services"][number];

export interface InstanceCountsProps {
  readonly counts: Overview["Instances"];
  readonly status: Overview["Status"];
}

const { instances: words } = texts;
const MOST_DOTS = 10;
const DOT_PX = 8;
const STEP_PX = 11;

export function InstanceCounts({ counts, status }: InstanceCountsProps) {
  const dots = dotsOf(counts);
  if (dots.length === 0) return <Box color="text-body-secondary">{noneText(status)}</Box>;
  return (
    <span className="instance-counts">
      <svg aria-hidden width={dots.length * STEP_PX} height={DOT_PX + 2}>
        {dots.map(({ colour, isFull }, index) => (
          <circle
            // oxlint-disable-next-line react/no-array-index-key -- a dot has nothing but its place
            key={index}
            cx={index * STEP_PX + DOT_PX / 2 + 1}
            cy={DOT_PX / 2 + 1}
            r={DOT_PX / 2 - 0.5}
            style={{ fill: isFull ? tone[colour] : "none", stroke: tone[colour], strokeWidth: 1.5 }}
          />
        ))}
      </svg>
      <span>{countsText(counts)}</span>
    </span>
  );
}

/** `3 running, 1 idle`. */
export function countsText(counts: Overview["Instances"]): string {
  const parts = [
    [counts.Running, words.running],
    [counts.Idle, words.idle],
    [counts.Starting, words.starting],
    [counts.Draining, words.draining],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, text]) => text(count))
    .join(", ");
}

function noneText(status: Overview["Status"]): string {
  if (status === "RUNNING") return words.atZero;
  return status === "PAUSED" ? words.paused : words.none;
}

function dotsOf({ Running, Idle, Starting, Draining }: Overview["Instances"]) {
  const dots = (count: number, colour: Tone, isFull: boolean) =>
    Array.from({ length: Math.min(count, MOST_DOTS) }, () => ({ colour, isFull }));
  return [
    ...dots(Running, "good", true),
    ...dots(Idle, "good", false),
    ...dots(Starting, "calm", false),
    ...dots(Draining, "quiet", true),
  ].slice(0, MOST_DOTS);
}
