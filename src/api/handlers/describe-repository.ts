import type { Handler } from "../handler.ts";
import { assertRepository, toWireRepository } from "../resources/repository.ts";
import { toDate } from "../wire/time.ts";

/** Ours: how large a repository is, and what was pushed to it last. */
export const describeRepository: Handler<"DescribeRepository"> = async (
  { RepositoryName: name },
  { repositories, publicApiUrl },
) => {
  await assertRepository(name, repositories);
  const [{ bytes, quotaBytes }, push] = await Promise.all([
    repositories.usage(name),
    repositories.lastPush(name),
  ]);
  return {
    Repository: toWireRepository(name, publicApiUrl),
    SizeBytes: bytes,
    QuotaBytes: quotaBytes,
    ...(push !== null && {
      LastPush: {
        PushedAt: toDate(push.atMs),
        PrincipalArn: push.pusherArn,
        Reference: push.reference,
        CommitId: push.commitId ?? undefined,
      },
    }),
  };
};
