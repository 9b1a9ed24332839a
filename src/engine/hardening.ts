/**
 * What keeps an instance in its place: limits, capabilities, logs. The set was measured together
 * (reference/engine.md, section 10); nothing here is optional.
 */
import type { HostConfig } from "dockerode";
import type { InstanceSpec } from "../ports/container-engine.ts";

/** Enough for a JVM with hundreds of threads; a fork bomb ends here. */
const PIDS_LIMIT = 1_024;
const OPEN_FILES = 65_536;
/** One byte, and not none: with that the kernel neither writes a file nor starts the host's program for core dumps. */
const NO_CORE = { Name: "core", Soft: 1, Hard: 1 };

/**
 * For images that start as root: make ready, then step down to a user (nginx, postgres, most official images). Without
 * these they do not start at all. Never NET_RAW, MKNOD, SYS_CHROOT, AUDIT_WRITE, SETFCAP.
 * Ports below 1024 need none: containers have net.ipv4.ip_unprivileged_port_start = 0.
 */
const ROOT_CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETUID", "SETGID", "KILL"] as const;

const MIB = 1_024 * 1_024;
const NANO_PER_MILLI = 1_000_000;

/**
 * Weight when instances want more than the machine has: in proportion to what they may use. The smallest, a quarter of a
 * core, has the 1,024 that containers have by default; builds have half of that.
 */
const SHARES_PER_MILLI = 4.096;

export interface HardeningRequest {
  readonly spec: InstanceSpec;
  readonly isRootImage: boolean;
  /** The engine's init is the first process, not the image's program. */
  readonly hasInit: boolean;
  /** Null: unknown, the engine's default stays. */
  readonly openFilesLimit: number | null;
  /** What the engine calls gVisor. */
  readonly gvisorRuntime: string;
}

export function hardenedHostConfig({
  spec,
  isRootImage,
  hasInit,
  openFilesLimit,
  gvisorRuntime,
}: HardeningRequest): HostConfig {
  return {
    CapDrop: ["ALL"],
    CapAdd: isRootImage ? [...ROOT_CAPABILITIES] : [],
    SecurityOpt: ["no-new-privileges"],
    Privileged: false,
    ...(spec.sandbox === "gvisor" && { Runtime: gvisorRuntime }),
    Init: hasInit,
    PidsLimit: PIDS_LIMIT,
    Memory: spec.memoryMiB * MIB,
    MemorySwap: spec.memoryMiB * MIB, // memory and swap together: no swap
    NanoCpus: spec.cpuMillis * NANO_PER_MILLI,
    CpuShares: Math.ceil(spec.cpuMillis * SHARES_PER_MILLI),
    Ulimits: ulimits(openFilesLimit),
    RestartPolicy: { Name: "no" },
    LogConfig: { Type: "json-file", Config: { "max-size": "20m", "max-file": "3", compress: "false" } },
  };
}

function ulimits(openFilesLimit: number | null) {
  if (openFilesLimit === null) return [NO_CORE];
  const openFiles = Math.min(OPEN_FILES, openFilesLimit);
  return [NO_CORE, { Name: "nofile", Soft: openFiles, Hard: openFiles }];
}

/** The image's `User`, as `name`, `uid`, `name:group` or `uid:gid`; none means root. */
export function isRootUser(user: string | undefined): boolean {
  const [name = ""] = (user ?? "").split(":");
  return name === "" || name === "root" || /^0+$/.test(name);
}
