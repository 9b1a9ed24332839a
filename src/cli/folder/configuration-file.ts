/** The `apprunner.yaml` of a folder, looked at before the folder is sent: a build would refuse it minutes later. */
import type { Service } from "../../contract/model.gen.ts";
import type { Wire } from "../client.ts";
import { saysHow, saysItself } from "../code-wish.ts";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import { printable } from "../style.ts";
import type { DeployWish } from "../wish.ts";

const FILE = "apprunner.yaml";

interface FolderWish {
  /** Absolute. */
  readonly directory: string;
  readonly wish: DeployWish;
  readonly present: Wire<Service> | undefined;
}

/** Nothing is said of a file that is not there, or that nobody is going to read. */
export async function assertConfigurationFile(
  { io, hooks }: Pick<CliContext, "io" | "hooks">,
  { directory, wish, present }: FolderWish,
): Promise<void> {
  const code = present?.SourceConfiguration.CodeRepository;
  if (code?.CodeConfiguration?.ConfigurationSource === "API") return;
  // Of a service that is there the API knows by now how it is built.
  if (saysHow(wish) && (code !== undefined || namesHow(wish))) return;
  const sourceDirectory = wish.code?.sourceDirectory ?? code?.SourceDirectory ?? "/";
  const path = `${sourceDirectory}/${FILE}`.replace(/^\/+/, "");
  // What cannot be read cannot be sent either: that is told there.
  const text = await io.readFile(`${directory}/${path}`).catch(() => null);
  if (text !== null && saysHow(wish)) throw saysItself(wish);
  const problems = text === null ? [] : hooks.configurationFileProblems(text, path);
  const [first, ...others] = problems.map((problem) => printable(problem));
  if (first === undefined) return;
  throw new CliFailure(first, { details: others, hint: `Nothing was sent. Mend ${path} and deploy again.` });
}

/** What takes the file's place. */
function namesHow({ code }: DeployWish): boolean {
  return code?.runtime !== undefined || code?.dockerfile !== undefined;
}
