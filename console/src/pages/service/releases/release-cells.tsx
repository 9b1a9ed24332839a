/** What the list of releases tells of one: when it was in traffic, and how its image was checked. */
import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { durationText, runningText } from "../../../parts/duration.ts";
import { exactMoment, Moment } from "../../../parts/moment.tsx";
import { useNow } from "../../../parts/now.ts";
import { releases as texts } from "../../../texts.ts";
import { type Release, shortDigest } from "../made-from.ts";

const { served: servedWords, checks: words } = texts;

export function ServedCell({ release }: { readonly release: Release }) {
  const { ServedFrom: from, ServedUntil: until } = release;
  const nowMs = useNow();
  if (from === undefined) return null;
  const title = servedWords.exactly(
    exactMoment(from),
    until === undefined ? servedWords.now : exactMoment(until),
  );
  return (
    <span title={title}>
      {until === undefined ? (
        servedWords.since(runningText(nowMs - from * 1_000))
      ) : (
        <>
          {servedWords.until(durationText((until - from) * 1_000))} <Moment seconds={until} />
        </>
      )}
    </span>
  );
}

export function ChecksCell({ release }: { readonly release: Release }) {
  const { Signature: signature, ImageCheck: check } = release;
  const isChecked = check !== undefined && check.Result !== "not-asked";
  if (signature === undefined && !isChecked) {
    return <Box color="text-body-secondary">{check === undefined ? words.unknown : words.none}</Box>;
  }
  return (
    <>
      {signature === undefined ? null : (
        <div title={`${words.key} ${signature.KeyFingerprint}. ${checkedText(signature.CheckedAt)}`}>
          <StatusIndicator type="success">{signedText(signature)}</StatusIndicator>
        </div>
      )}
      {isChecked ? (
        <div title={checkedText(check.CheckedAt)}>
          <StatusIndicator type={check.Result === "passed" ? "success" : "warning"}>
            {words[check.Result === "passed" ? "passed" : "unanswered"]}
          </StatusIndicator>
        </div>
      ) : null}
      <CheckedAt at={check?.CheckedAt ?? signature?.CheckedAt} />
    </>
  );
}

function CheckedAt({ at }: { readonly at: number | undefined }) {
  if (at === undefined) return null;
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {words.checked} <Moment seconds={at} />
    </Box>
  );
}

/** What the list's filter finds it by. */
export function checksText({ Signature: signature, ImageCheck: check }: Release): string {
  const said = check === undefined || check.Result === "not-asked" ? "" : words[check.Result];
  return `${signature === undefined ? "" : signedText(signature)} ${said}`;
}

function signedText({ KeyName: name, KeyFingerprint: fingerprint }: NonNullable<Release["Signature"]>) {
  return words.signed(name ?? shortDigest(fingerprint));
}

function checkedText(at: number | undefined): string {
  return at === undefined ? words.unknown : `${words.checked} ${exactMoment(at)}`;
}
