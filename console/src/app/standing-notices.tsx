/** What is said above every page while it is so: Slipway itself has a problem, the page is not live, a new version is there. */
import Button from "@cloudscape-design/components/button";
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import Link from "@cloudscape-design/components/link";
import { useMaySurely } from "../api/permissions.ts";
import { useRead } from "../api/queries.ts";
import type { LiveState } from "../api/live.ts";
import { shell } from "../texts.ts";

const LOOKED_EVERY_MS = 30_000;

interface Standing {
  readonly live: LiveState;
  readonly isOutdated: boolean;
}

export function useStandingNotices({
  live,
  isOutdated,
}: Standing): readonly FlashbarProps.MessageDefinition[] {
  // Who may not ask is told nothing.
  const isEnabled = useMaySurely("slipway:GetStatus", "*");
  const status = useRead("Slipway.GetStatus", {}, { everyMs: LOOKED_EVERY_MS, isEnabled });
  const problems = status.data?.Problems ?? [];
  const notices: FlashbarProps.MessageDefinition[] = [];
  if (isOutdated) {
    notices.push({
      id: "new-version",
      type: "info",
      header: shell.newVersion,
      action: <Button onClick={() => window.location.reload()}>{shell.reload}</Button>,
    });
  }
  if (live === "lost") {
    notices.push({ id: "lost", type: "warning", header: shell.lost, content: shell.lostWhat });
  } else if (problems.length > 0) {
    notices.push({
      id: "problems",
      type: "error",
      header: shell.problems,
      content: (
        <>
          {problems.map(({ Part, Detail }) => `${Part}: ${Detail}`).join(" · ")}{" "}
          <Link href="#/health" color="inverted">
            {shell.pages.health}
          </Link>
        </>
      ),
    });
  }
  return notices;
}
