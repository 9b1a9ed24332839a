/** Who pushed last, kept in the repository's own directory, where git looks at nothing of ours. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { HostedGitRequest, LastPush, PushedReference } from "../../ports/hosted-repositories.ts";

const FILE = "slipway-last-push.json";

const shape = z.object({
  atMs: z.number(),
  pusherArn: z.string(),
  reference: z.string(),
  commitId: z.string().nullable(),
});

export async function writeLastPush(
  directory: string,
  { pusherArn, askedAtMs: atMs }: Pick<HostedGitRequest, "pusherArn" | "askedAtMs">,
  [first]: readonly PushedReference[],
): Promise<void> {
  if (first === undefined) return;
  const { reference, newCommitId: commitId } = first;
  const told: LastPush = { atMs, pusherArn, reference, commitId };
  // Pushes are alone while they are stored.
  const temporary = join(directory, `${FILE}.new`);
  await writeFile(temporary, JSON.stringify(told), { mode: 0o600 });
  await rename(temporary, join(directory, FILE));
}

/** Null: nobody did since this is written down. */
export async function readLastPush(directory: string): Promise<LastPush | null> {
  try {
    return shape.parse(JSON.parse(await readFile(join(directory, FILE), "utf8")));
  } catch {
    return null;
  }
}
