/** What a build would refuse in an `apprunner.yaml`, for the command line that is about to send it. */
import { parseAppRunnerFile } from "../builder/apprunner-file.ts";
import { BuildError } from "../ports/builder.ts";

/** One line for each problem, with file, line and column; empty when there is none. `path` is within the repository. */
export function configurationFileProblems(text: string, path: string): readonly string[] {
  try {
    parseAppRunnerFile(text, path);
    return [];
  } catch (error) {
    if (error instanceof BuildError) return error.message.split("\n");
    throw error;
  }
}
