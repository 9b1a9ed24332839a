/** How long ago something was, and on hover and for screen readers when exactly. */
import { shared } from "../texts.ts";
import { ageText } from "./duration.ts";
import { useNow } from "./now.ts";

const A_MOMENT_MS = 5_000;
const MINUTE_MS = 60_000;
const exact = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

export interface MomentProps {
  /** Since 1970, as the API tells moments; absent: a dash. */
  readonly seconds: number | undefined;
}

export function Moment({ seconds }: MomentProps) {
  const nowMs = useNow();
  if (seconds === undefined) return <>–</>;
  const atMs = seconds * 1_000;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactMoment(seconds)}>
      {relativeMoment(nowMs - atMs)}
    </time>
  );
}

/** `Nov 21, 2026, 3:53:02 PM`, in the reader's time zone. */
export function exactMoment(seconds: number): string {
  return exact.format(seconds * 1_000);
}

function relativeMoment(agoMs: number): string {
  if (agoMs < -MINUTE_MS) return shared.inTime(ageText(-agoMs));
  return agoMs < A_MOMENT_MS ? shared.justNow : shared.ago(ageText(agoMs));
}
