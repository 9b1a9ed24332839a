/** What is wrong with a repository, as a problem of the member that names it. */
import { SlipwayError } from "../../domain/error.ts";
import { BuildError } from "../../ports/builder.ts";
import { SourceError } from "../../ports/source-code.ts";

export async function explained<Found>(found: Promise<Found>): Promise<Found> {
  try {
    return await found;
  } catch (cause) {
    if (!(cause instanceof SourceError) && !(cause instanceof BuildError)) throw cause;
    const details = { path: memberOf(cause), problem: cause.message };
    throw new SlipwayError("InvalidParameter", details, { cause });
  }
}

function memberOf({ problem }: SourceError | BuildError): string {
  if (problem === "no-branch") return "Branch";
  return problem === "no-directory" ? "SourceDirectory" : "RepositoryUrl";
}
