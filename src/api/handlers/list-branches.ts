import type { Handler } from "../handler.ts";
import { findConnection } from "../resources/connection.ts";
import { explained } from "../resources/source-problem.ts";

const DEADLINE_MS = 60_000;
const BRANCHES_MAX = 1_000;

/** Ours: the branches that there are. */
export const listBranches: Handler<"ListBranches"> = async (input, { store, scope, sourceDetector }) => {
  const { RepositoryUrl: repositoryUrl, ConnectionArn: arn } = input;
  const connection = arn === undefined ? null : await findConnection(arn, store, scope);
  const place = { repositoryUrl, connectionArn: connection?.arn ?? null };
  const branches = await explained(sourceDetector.branches(place, AbortSignal.timeout(DEADLINE_MS)));
  return { Branches: branches.toSorted().slice(0, BRANCHES_MAX) };
};
