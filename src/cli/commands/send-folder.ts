/** A folder on its way into the repository that Slipway hosts for its service. */
import { ApiError, type Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { printable } from "../style.ts";

const NAMED_SECRETS = 5;

interface FolderRequest {
  /** Of the service. */
  readonly name: string;
  readonly directory: string;
  readonly branch: string;
}

interface SentFolder {
  readonly commitId: string;
  readonly madeRepository: boolean;
}

/** Into the repository of the service's own, which is made where there is none. */
export async function sendFolder(
  { io, hooks }: Pick<CliContext, "io" | "hooks">,
  client: Client,
  { name, directory, branch }: FolderRequest,
): Promise<SentFolder> {
  const { endpoint, credentials } = client.connection;
  const progress = io.progress("Sending the source code");
  const pushUrl = `${endpoint.origin}/git/${name}.git`;
  const { environment } = io;
  let madeRepository = false;
  const prepare = async (): Promise<void> => {
    madeRepository = await ensureRepository(client, name);
  };
  const onLine = (line: string): void => progress.line(printable(line));
  try {
    const sent = await io.pushFolder({
      directory,
      branch,
      pushUrl,
      credentials,
      environment,
      findEscapingLink: (links) => hooks.findEscapingLink(links),
      prepare,
      onLine,
    });
    for (const path of sent.leftOut) progress.line(printable(`Left out: ${JSON.stringify(path)}`));
    if (sent.secrets.length > 0) {
      const paths = sent.secrets.slice(0, NAMED_SECRETS).join(", ");
      progress.line(printable(`Sent, though it looks secret: ${paths}. What .gitignore names is left out.`));
    }
    const files = sent.fileCount === 1 ? "1 file" : `${sent.fileCount} files`;
    progress.succeed(`Sent ${files} (${formatBytes(sent.sizeBytes)}).`);
    return { commitId: sent.commitId, madeRepository };
  } catch (error) {
    progress.fail("The source code was not sent.");
    if (madeRepository) await dropRepository(client, name);
    throw error;
  }
}

/** True when it was not there. */
async function ensureRepository(client: Client, name: string): Promise<boolean> {
  const { Repositories: repositories } = await client.call("Slipway.ListRepositories", {});
  if (repositories.some(({ RepositoryName }) => RepositoryName === name)) return false;
  try {
    await client.call("Slipway.CreateRepository", { RepositoryName: name });
    return true;
  } catch (error) {
    // Somebody was faster.
    if (!(error instanceof ApiError) || !/already exists/.test(error.message)) throw error;
    return false;
  }
}

/** What was made for a service that could not be created: nobody would delete it. Keeps the error that is on its way. */
export async function dropRepository(client: Client, name: string): Promise<void> {
  try {
    await client.call("Slipway.DeleteRepository", { RepositoryName: name });
  } catch {
    // A service is built from it by now, or nobody answers.
  }
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
