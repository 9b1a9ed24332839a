/** How much of a certificate's life is left, as a bar and in words. */
import { certificates } from "../texts.ts";
import { ageText } from "./duration.ts";
import { type Expiry, expiryOf } from "./expiry.ts";
import { exactMoment } from "./moment.tsx";
import { useNow } from "./now.ts";
import { tone } from "./tone.ts";

const words = certificates.expiry;
const STEP_MS = 60_000;
const WIDTH = 120;
const HEIGHT = 6;

export interface ExpiryBarProps {
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export function ExpiryBar({ notBefore, notAfter }: ExpiryBarProps) {
  const expiry = expiryOf({ notBefore, notAfter }, useNow(STEP_MS));
  const { leftMs, share, urgency } = expiry;
  return (
    <span title={words.untilExactly(exactMoment(notAfter))}>
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true" style={{ display: "block", marginBlock: 5 }}>
        <rect width={WIDTH} height={HEIGHT} rx={HEIGHT / 2} style={{ fill: tone.line }} />
        <rect
          width={Math.max(HEIGHT, WIDTH * share)}
          height={HEIGHT}
          rx={HEIGHT / 2}
          style={{ fill: tone[TONES[urgency]] }}
        />
      </svg>
      {leftMs > 0 ? words.left(ageText(leftMs)) : words.ended(ageText(-leftMs))}
    </span>
  );
}

const TONES = { none: "good", soon: "warning", now: "bad" } as const satisfies Record<
  Expiry["urgency"],
  keyof typeof tone
>;
