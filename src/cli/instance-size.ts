/** `--cpu` and `--memory` in the spellings people use; the server has the last word on which pairs exist. */
import { usageFailure } from "./failure.ts";

/** Units → cores, and the least memory (MiB) offered with them. */
const SIZES = [
  { units: "256", cores: "0.25", memory: "512" },
  { units: "512", cores: "0.5", memory: "1024" },
  { units: "1024", cores: "1", memory: "2048" },
  { units: "2048", cores: "2", memory: "4096" },
  { units: "4096", cores: "4", memory: "8192" },
] as const;

export interface InstanceSize {
  readonly Cpu?: string;
  readonly Memory?: string;
}

/** Only what was asked for; `--cpu` alone takes the least memory that goes with it. */
export function parseInstanceSize(wish: {
  readonly cpu?: string;
  readonly memory?: string;
}): InstanceSize | undefined {
  const cpu = wish.cpu === undefined ? undefined : parseCpu(wish.cpu);
  const memory = wish.memory === undefined ? cpu?.memory : parseMemory(wish.memory);
  if (cpu === undefined && memory === undefined) return undefined;
  return {
    ...(cpu === undefined ? {} : { Cpu: cpu.units }),
    ...(memory === undefined ? {} : { Memory: memory }),
  };
}

function parseCpu(text: string): (typeof SIZES)[number] {
  const plain = text.replace(/\s*vcpu$/i, "").trim();
  const size = SIZES.find(({ units, cores }) => plain === units || Number(plain) === Number(cores));
  if (size !== undefined) return size;
  const valid = SIZES.map(({ cores }) => cores).join(", ");
  throw usageFailure(`--cpu: "${text}" is not offered.`, `Choose one of ${valid} (cores).`);
}

const MEMORY = /^(\d+(?:\.\d+)?)\s*(m|mb|mib|g|gb|gib)?$/i;

/** Without a unit: MiB from 128 on, else GiB. */
function parseMemory(text: string): string {
  const [, digits, unit = ""] = MEMORY.exec(text.trim()) ?? [];
  if (digits === undefined)
    throw usageFailure(`--memory: "${text}" is not a size.`, "Write for example 512, 2GB or 4096.");
  const amount = Number(digits);
  const isGibibytes = unit === "" ? amount < 128 : unit.toLowerCase().startsWith("g");
  return String(isGibibytes ? amount * 1024 : amount);
}
