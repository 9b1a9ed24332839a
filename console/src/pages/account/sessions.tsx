/** Where one is signed in, with ways to end it. */
import Button from "@cloudscape-design/components/button";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { endAllSessions, endSession, readSessions } from "../../api/session.ts";
import { useNotify } from "../../app/notifications.tsx";
import { useSession } from "../../app/session-context.tsx";
import { SessionTable } from "../../parts/session-table.tsx";
import { account } from "../../texts.ts";

const KEY = ["own sessions"];
const REREAD_MS = 30_000;

export function Sessions() {
  const { setSession } = useSession();
  const notify = useNotify();
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => readSessions(signal),
    refetchInterval: REREAD_MS,
  });
  const onError = (error: Error) => notify({ type: "error", text: error.message });
  const end = useMutation({
    mutationFn: endSession,
    onError,
    onSuccess: () => notify({ type: "success", text: account.ended }),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  const endAll = useMutation({ mutationFn: endAllSessions, onError, onSuccess: () => setSession(null) });
  return (
    <SessionTable
      id="own-sessions"
      description={account.sessionsHint}
      list={sessions}
      actions={
        <Button loading={endAll.isPending} onClick={() => endAll.mutate()}>
          {account.signOutAll}
        </Button>
      }
      end={(id, label) => (
        <Button variant="inline-link" ariaLabel={label} onClick={() => end.mutate(id)}>
          {account.end}
        </Button>
      )}
    />
  );
}
