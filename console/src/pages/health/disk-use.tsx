/** What of the disk is taken for what, as a band of colours with the figures below it. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { bytesText } from "../../parts/bytes.ts";
import { Reading } from "../../parts/reading.tsx";
import { health } from "../../texts.ts";
import "./disk-use.css";

/** The whole directory is walked through for it. */
const REREAD_MS = 60_000;
const COLORS = 7;

type Uses = Output<"Slipway.GetDiskUse">["Uses"];

export function DiskUse() {
  const answer = useRead("Slipway.GetDiskUse", {}, { everyMs: REREAD_MS });
  const all = answer.data?.Uses.reduce((sum, { Bytes }) => sum + Bytes, 0);
  return (
    <Container
      header={
        <Header variant="h2" description={all === undefined ? undefined : health.diskUseHint(bytesText(all))}>
          {health.diskUse}
        </Header>
      }
    >
      <Reading answer={answer} failed={health.diskUseUnread}>
        {({ Uses }) => <Band uses={Uses} />}
      </Reading>
    </Container>
  );
}

function Band({ uses }: { readonly uses: Uses }) {
  const said = uses.map(({ Kind, Bytes }) => health.diskUseOf(nameOf(Kind), bytesText(Bytes)));
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn, not loaded */}
      <div className="disk-band" role="img" aria-label={health.diskUsePicture(said)}>
        {uses.map(({ Kind, Bytes }, index) => (
          <span key={Kind} title={said[index]} style={{ flexGrow: Bytes, background: colorOf(index) }} />
        ))}
      </div>
      <ul className="disk-uses">
        {uses.map(({ Kind, Bytes }, index) => (
          <li key={Kind}>
            <span className="disk-key" style={{ background: colorOf(index) }} />
            {nameOf(Kind)} <b>{bytesText(Bytes)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

function nameOf(kind: string): string {
  return health.diskUses[kind] ?? kind;
}

/** Of the charts; what is small shares the last one. */
function colorOf(index: number): string {
  return `var(--disk-${Math.min(COLORS, index + 1)})`;
}
