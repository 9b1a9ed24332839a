/** How an instance ended: its exit code, and why its program never ran where the engine's init had to start it. */
import type { ContainerInspectInfo } from "dockerode";
import type { InstanceExit } from "../ports/container-engine.ts";
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";
import { labels } from "./naming.ts";
import { takeFrames } from "./log-stream.ts";
import { NEVER_RAN, toInitProblem } from "./start-error.ts";

/** Exit of an instance that runs on without a network, since its sandbox died: as if it had been killed. */
export const lostSandboxExit: InstanceExit = { exitCode: 137, isOutOfMemory: false };

/** The list of containers has the exit code only inside an English sentence. */
export async function readExit(
  context: EngineContext,
  info: ContainerInspectInfo,
  signal: AbortSignal,
): Promise<InstanceExit> {
  const { State, HostConfig, Path } = info;
  // A child that was killed for memory leaves the mark too: an instance that then ended well was not.
  const exit = { exitCode: State.ExitCode, isOutOfMemory: State.OOMKilled && State.ExitCode !== 0 };
  if (context.overfull.has(info.Config.Labels[labels.instance] ?? "")) return { ...exit, isDiskFull: true };
  if (HostConfig.Init !== true || !NEVER_RAN.has(exit.exitCode)) return exit;
  const said = { program: Path, exitCode: exit.exitCode, lastLine: await lastLine(context, info.Id, signal) };
  const startProblem = await toInitProblem(said, () => hasFile(context, info, signal));
  return startProblem === null ? exit : { ...exit, startProblem };
}

async function lastLine({ client }: EngineContext, id: string, signal: AbortSignal): Promise<string> {
  try {
    const bytes = await client.call(signal, (docker) =>
      docker.getContainer(id).logs({ follow: false, stdout: true, stderr: true, tail: 1 }),
    );
    return takeFrames(bytes).frames.at(-1)?.text.trimEnd() ?? "";
  } catch (error) {
    if (isRefusal(error)) return ""; // removed in the meantime
    throw error;
  }
}

/** Whether the program is in the image; a name without a path is looked for in many places, and was not found. */
async function hasFile(
  { client }: EngineContext,
  { Id, Path }: ContainerInspectInfo,
  signal: AbortSignal,
): Promise<boolean> {
  if (!Path.startsWith("/")) return false;
  try {
    await client.call(signal, (docker) => docker.getContainer(Id).infoArchive({ path: Path }));
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}
