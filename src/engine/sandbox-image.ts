/**
 * The image of network sandboxes: one static executable that sleeps for ever. It is made here, byte by byte, so that
 * neither a registry nor a compiler is needed; the engine imports it in some 30 ms.
 */
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, isRefusal } from "./errors.ts";
import { jsonLines } from "./client.ts";

export const SANDBOX_COMMAND = "/pause";
/** Part of the image's tag: raise it when the executable changes. */
const SANDBOX_VERSION = "1";

/** `for (;;) pause();` As process 1 without handlers it ignores every signal but SIGKILL. */
const machineCode: Readonly<
  Record<string, { readonly elfMachine: number; readonly code: readonly string[] }>
> = {
  amd64: {
    elfMachine: 62,
    code: [
      "b822000000", // mov eax, 34 (pause)
      "0f05", // syscall
      "ebf7", // jmp -9: to the mov
    ],
  },
  // arm64 has no pause(2); ppoll(NULL, 0, NULL, NULL, 0) is the same.
  arm64: {
    elfMachine: 183,
    code: [
      "000080d2", // mov x0, 0
      "010080d2", // mov x1, 0
      "020080d2", // mov x2, 0
      "030080d2", // mov x3, 0
      "040080d2", // mov x4, 0
      "280980d2", // mov x8, 73 (ppoll)
      "010000d4", // svc 0
      "f9ffff17", // b -7 instructions: to the first mov
    ],
  },
};

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const LOAD_ADDRESS = 0x400000n;

/** A complete ELF executable: file header, one loadable segment that covers the whole file, the code. */
export function pauseExecutable(architecture: string): Buffer {
  const machine = machineCode[architecture];
  if (machine === undefined)
    throw engineUnavailable(`no network sandbox for the architecture ${architecture}`);
  const code = Buffer.from(machine.code.join(""), "hex");
  const headers = Buffer.alloc(HEADER_BYTES + PROGRAM_HEADER_BYTES);
  const fileBytes = BigInt(headers.length + code.length);
  writeFileHeader(headers, machine.elfMachine);
  writeProgramHeader(headers, fileBytes);
  return Buffer.concat([headers, code]);
}

function writeFileHeader(bytes: Buffer, elfMachine: number): void {
  bytes.write("\x7fELF", 0, "latin1");
  bytes.set([2, 1, 1], 4); // 64 bit, little endian, ELF version 1
  bytes.writeUInt16LE(2, 16); // type: executable
  bytes.writeUInt16LE(elfMachine, 18);
  bytes.writeUInt32LE(1, 20); // version
  bytes.writeBigUInt64LE(LOAD_ADDRESS + BigInt(HEADER_BYTES + PROGRAM_HEADER_BYTES), 24); // entry: the code
  bytes.writeBigUInt64LE(BigInt(HEADER_BYTES), 32); // offset of the program header
  bytes.writeUInt16LE(HEADER_BYTES, 52);
  bytes.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  bytes.writeUInt16LE(1, 56); // one program header
}

function writeProgramHeader(bytes: Buffer, fileBytes: bigint): void {
  bytes.writeUInt32LE(1, 64); // loadable
  bytes.writeUInt32LE(5, 68); // readable and executable
  bytes.writeBigUInt64LE(LOAD_ADDRESS, 80);
  bytes.writeBigUInt64LE(LOAD_ADDRESS, 88);
  bytes.writeBigUInt64LE(fileBytes, 96);
  bytes.writeBigUInt64LE(fileBytes, 104);
  bytes.writeBigUInt64LE(0x10000n, 112); // alignment: the largest page size of arm64
}

/** Imports the image unless the engine has it; returns its name. */
export async function ensureSandboxImage(context: EngineContext, signal: AbortSignal): Promise<string> {
  const { client, names } = context;
  const name = `${names.sandboxRepository}:${SANDBOX_VERSION}`;
  try {
    await client.call(signal, (docker) => docker.getImage(name).inspect());
    return name;
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
  const { Arch } = await client.call(signal, (docker) => docker.version());
  await importSandboxImage(context, pauseExecutable(Arch), signal);
  return name;
}

async function importSandboxImage(
  context: EngineContext,
  executable: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const archive = pack();
  archive.entry({ name: SANDBOX_COMMAND.slice(1), mode: 0o755 }, executable);
  archive.finalize();
  const bytes = await buffer(archive);
  const answer = await context.client.stream(signal, (docker, abortSignal) =>
    docker.importImage(Readable.from([bytes]), {
      repo: context.names.sandboxRepository,
      tag: SANDBOX_VERSION,
      abortSignal,
    }),
  );
  for await (const line of jsonLines(answer)) {
    const problem = (line as { readonly error?: string }).error;
    if (problem !== undefined) throw engineUnavailable(`the sandbox image could not be imported: ${problem}`);
  }
}
