/** Where a user is signed in to the console, for who looks after them. */
import { call } from "../../api/call.ts";
import { useAct, useRead, useTask } from "../../api/queries.ts";
import { endAllSessions, type SessionEntry } from "../../api/session.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { useSession } from "../../app/session-context.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { SessionTable } from "../../parts/session-table.tsx";
import { account, identityTexts } from "../../texts.ts";

const REREAD_MS = 30_000;
const texts = identityTexts.users;

export interface UserSessionsProps {
  readonly userName: string;
  readonly arn: string;
}

export function UserSessions({ userName, arn }: UserSessionsProps) {
  const { session, setSession } = useSession();
  const isOwn = session.arn === arn;
  const notify = useNotify();
  const found = useRead(
    "Slipway.ListSignInSessions",
    { UserName: userName },
    { topics: ["resources"], everyMs: REREAD_MS },
  );
  const end = useAct("Slipway.EndSignInSessions", {
    onDone: () => notify({ type: "success", text: account.ended }),
  });
  // Who ends all of their own ends this one, too.
  const endAll = useTask<undefined, unknown>(
    () => (isOwn ? endAllSessions() : call("Slipway.EndSignInSessions", { UserName: userName })),
    {
      leavesPage: isOwn,
      onDone: () => {
        if (isOwn) setSession(null);
        else notify({ type: "success", text: texts.signedOut(userName) });
      },
    },
  );
  const onError = (error: Error) => notify({ type: "error", text: error.message });
  const endOne = (SessionId: string) => end.mutate({ UserName: userName, SessionId }, { onError });
  const needed = { needs: "slipway:EndSignInSessions", of: arn } as const;
  const entries = found.data?.Sessions.map((one) => toEntry(one, session.id));
  return (
    <SessionTable
      id="user-sessions"
      description={texts.sessionsHint}
      list={{ ...found, data: entries }}
      actions={
        <PermittedButton
          {...needed}
          loading={endAll.isPending}
          disabled={entries === undefined || entries.length === 0}
          onClick={() => endAll.mutate(undefined, { onError })}
        >
          {account.signOutAll}
        </PermittedButton>
      }
      end={(id, label) => (
        <PermittedButton {...needed} variant="inline-link" ariaLabel={label} onClick={() => endOne(id)}>
          {account.end}
        </PermittedButton>
      )}
    />
  );
}

type Listed = Output<"Slipway.ListSignInSessions">["Sessions"][number];

function toEntry(one: Listed, presentId: string): SessionEntry {
  return {
    id: one.SessionId,
    method: one.Method,
    startedAt: textOf(one.StartedAt),
    lastSeenAt: textOf(one.LastSeenAt),
    endsAt: textOf(one.EndsAt),
    sourceAddress: one.SourceAddress ?? null,
    userAgent: one.UserAgent ?? null,
    isThis: one.SessionId === presentId,
  };
}

function textOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
