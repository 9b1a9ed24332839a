/** A running edge's files under an HAProxy of its own, with the base configuration changed. The edge itself is not touched. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { edgeLayout } from "../../src/edge/layout.ts";
import { freePort } from "../../test/support/free-port.ts";
import type { Contender } from "../proxy/contender.ts";
import type { RunningEdge } from "../proxy/edge.ts";
import { startLogReader } from "../proxy/log-readers.ts";
import { startBackground } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";
import type { Variant } from "./variants.ts";

const FILES = [
  "hostMap",
  "nameMap",
  "loggingMap",
  "challengeMap",
  "checkPathMap",
  "serverState",
  "gateScript",
] as const;

/** Null when the configuration has nothing of what the variant leaves out. */
export async function startVariant(
  { name, change }: Variant,
  options: { readonly edge: RunningEdge; readonly directory: string },
  cleanup: Cleanup,
): Promise<Contender | null> {
  const { edge, directory } = options;
  const config = change(edge.config);
  if (config === edge.config && name !== "all") return null;
  const port = await freePort();
  const layout = copyState(edge, join(directory, name.replaceAll(/[^a-z0-9]+/g, "-")));
  const moved = config.replaceAll(`${edge.stateDirectory}/`, `${layout.root}/`);
  const plain = moved.replaceAll(/^ {2}bind fd@\d+ ssl .*\n/gm, "");
  writeFileSync(layout.baseConfig, plain.replaceAll(/^ {2}bind fd@.*$/gm, `  bind 127.0.0.1:${port}`));
  const command = ["haproxy", "-W", "-f", layout.baseConfig, "-f", layout.slotDirectory];
  const pid = await startBackground(command, { listensOn: { port } }, cleanup);
  const reader = await startLogReader(layout.runtimeSocket, cleanup);
  return { name, port, processes: [pid, reader.pid], logLines: null };
}

function copyState(edge: RunningEdge, root: string) {
  const [from, to] = [edgeLayout(edge.stateDirectory), edgeLayout(root)];
  mkdirSync(to.runDirectory, { recursive: true });
  cpSync(from.slotDirectory, to.slotDirectory, { recursive: true });
  for (const file of FILES) {
    writeFileSync(to[file], readFileSync(from[file]));
  }
  return { ...to, root };
}
