/** Which release was in traffic when: a line of time, the present one marked. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { ageText, durationText } from "../../../parts/duration.ts";
import { exactMoment } from "../../../parts/moment.tsx";
import { useNow } from "../../../parts/now.ts";
import { releases as texts, shared } from "../../../texts.ts";
import type { Release } from "../made-from.ts";
import { type ServedPeriod, servedPeriods } from "./served-periods.ts";
import "./served-picture.css";

const { served: words } = texts;
const EVERY_MS = 10_000;

export interface ServedPictureProps {
  readonly releases: readonly Release[];
  readonly isPaused: boolean;
}

export function ServedPicture({ releases, isPaused }: ServedPictureProps) {
  const nowMs = useNow(EVERY_MS);
  const periods = servedPeriods(releases, nowMs);
  const [first] = periods;
  if (first === undefined) return null;
  const servedCount = releases.filter(({ ServedFrom: from }) => from !== undefined).length;
  const isCut = servedCount > periods.length;
  return (
    <Container
      header={
        <Header variant="h2" description={isCut ? words.newest(periods.length) : words.all}>
          {words.title}
        </Header>
      }
    >
      <ol className="served">
        {periods.map((period) => (
          <Segment key={period.number} period={period} isPaused={isPaused} />
        ))}
      </ol>
      <div className="served-times" aria-hidden>
        <span>{shared.ago(ageText(nowMs - first.fromMs))}</span>
        <span>{words.now}</span>
      </div>
      {isPaused ? <Box color="text-body-secondary">{words.paused}</Box> : null}
    </Container>
  );
}

interface SegmentProps {
  readonly period: ServedPeriod;
  readonly isPaused: boolean;
}

function Segment({ period, isPaused }: SegmentProps) {
  const { number, fromMs, untilMs, isNow, percent } = period;
  const until = isNow ? words.now : exactMoment(untilMs / 1_000);
  const label = texts.served.release(number, durationText(untilMs - fromMs));
  const kind = !isNow ? "served-past" : isPaused ? "served-paused" : "served-now";
  return (
    <li
      className={`served-one ${kind}`}
      style={{ flexGrow: percent }}
      title={`${label}. ${words.exactly(exactMoment(fromMs / 1_000), until)}`}
    >
      <span aria-hidden>{number}</span>
      <span className="heard-only">{`${label}. ${words.exactly(exactMoment(fromMs / 1_000), until)}`}</span>
    </li>
  );
}
