/** Doctor's look at what the engine has to keep instances from the machine, beyond what every engine has. */
import { type DoctorCheck, engineGet, ok, warning } from "./doctor-check.ts";
import type { Settings } from "./settings.ts";

const NAME = "isolation";

interface EngineInfo {
  readonly Runtimes?: Readonly<Record<string, unknown>>;
  /** `name=seccomp,profile=default`, `name=userns`, ... */
  readonly SecurityOptions?: readonly string[] | null;
}

/** None of it is needed to run; only a missing filter of system calls is worth a warning. */
export async function checkIsolation({
  dockerSocket,
  gvisorRuntime,
}: Pick<Settings, "dockerSocket" | "gvisorRuntime">): Promise<DoctorCheck> {
  const { Runtimes = {}, SecurityOptions } = (await engineGet(dockerSocket, "/info")) as EngineInfo;
  const has = (option: string) => (SecurityOptions ?? []).some((text) => text.startsWith(`name=${option}`));
  if (!has("seccomp")) {
    return warning(
      NAME,
      "The engine does not filter system calls (seccomp)",
      "Use a kernel and an engine that do: instances can ask the kernel for everything now.",
    );
  }
  const gvisor = Object.hasOwn(Runtimes, gvisorRuntime)
    ? `gVisor as ${gvisorRuntime}`
    : "no gVisor, so slipway:sandbox=gvisor cannot be used";
  const users = has("userns") ? "user namespaces" : "no user namespaces";
  return ok(NAME, `system calls are filtered; ${users}; ${gvisor}`);
}
