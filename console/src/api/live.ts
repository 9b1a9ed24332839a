/**
 * What has changed, live: the control plane names topics, and the answers that depend on them are read again. After a lost
 * connection everything that may have changed meanwhile is.
 */
import { apiUrl } from "./call.ts";
import { ChangeFollower, type LiveState } from "./change-follower.ts";
import { ChangedAnswers } from "./changed-answers.ts";
import { queryClient } from "./queries.ts";
import { tellChanged } from "./topics.ts";

export type { LiveState };

export interface LiveListener {
  /** For the sign in the corner. */
  readonly onState: (state: LiveState) => void;
  /** The session has ended, or may have: who listens asks. */
  readonly onDoubt: () => void;
  /** Live again after a while: the control plane may be another one. */
  readonly onReturn: () => void;
}

/** Ends with the function that comes back. */
export function followChanges({ onState, onDoubt, onReturn }: LiveListener): () => void {
  const answers = new ChangedAnswers(queryClient);
  const follower = new ChangeFollower(new URL("console/live", apiUrl), {
    onState,
    onDoubt,
    onTopics: (topics) => {
      answers.readAgain(topics);
      tellChanged(topics);
    },
    onReturn: () => {
      answers.readAgain(["everything"]);
      onReturn();
    },
  });
  follower.start();
  return () => follower.end();
}
