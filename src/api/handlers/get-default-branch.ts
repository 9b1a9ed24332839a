import type { Handler } from "../handler.ts";
import { findConnection } from "../resources/connection.ts";
import { explained } from "../resources/source-problem.ts";

/** A slow host is asked twice at most. */
const DEADLINE_MS = 60_000;

/** Ours: the branch that is meant where nobody names one. */
export const getDefaultBranch: Handler<"GetDefaultBranch"> = async (
  input,
  { store, scope, sourceDetector },
) => {
  const { RepositoryUrl: repositoryUrl, ConnectionArn: arn } = input;
  const connection = arn === undefined ? null : await findConnection(arn, store, scope);
  const place = { repositoryUrl, connectionArn: connection?.arn ?? null };
  return { Branch: await explained(sourceDetector.defaultBranch(place, AbortSignal.timeout(DEADLINE_MS))) };
};
