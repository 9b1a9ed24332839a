/** How much of something is taken, as a bar that changes its colour where it becomes tight; with words below it. */
import "./gauge.css";
import Box from "@cloudscape-design/components/box";

export interface GaugeProps {
  readonly label: string;
  /** 0 to 1; more is shown as all. */
  readonly share: number;
  /** In words: `3 of 8 GiB are used`. */
  readonly text: string;
  readonly hint?: string | undefined;
  /** Shares from which it is tight, and too tight. */
  readonly tightFrom?: number;
  readonly fullFrom?: number;
}

const TIGHT = 0.75;
const FULL = 0.9;

export function Gauge({ label, share, text, hint, tightFrom = TIGHT, fullFrom = FULL }: GaugeProps) {
  const shown = Math.min(1, Math.max(0, share));
  const tone = share >= fullFrom ? "bad" : share >= tightFrom ? "warning" : "good";
  return (
    <div className="gauge">
      <Box variant="awsui-key-label">{label}</Box>
      <div className={`gauge-track gauge-${tone}`} aria-hidden="true">
        <span style={{ inlineSize: `${shown * 100}%` }} />
      </div>
      <Box variant="small">{text}</Box>
      {hint === undefined ? null : (
        <Box variant="small" color="text-body-secondary" display="block">
          {hint}
        </Box>
      )}
    </div>
  );
}
