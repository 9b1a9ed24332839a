/** Which internal listeners HAProxy can have: one that another program holds is left out, for it would keep HAProxy from starting. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { InternalListener } from "../ports/edge-internal.ts";
import type { InsideListener } from "./base-settings.ts";
import type { EdgeLayout } from "./layout.ts";
import { describePortHolder } from "./port-holder.ts";

/** Those that are configured are HAProxy's own as long as it serves. */
export async function checkListeners(
  listeners: readonly InsideListener[],
  { baseConfig, masterSocket }: Pick<EdgeLayout, "baseConfig" | "masterSocket">,
  isServing: boolean,
): Promise<readonly InternalListener[]> {
  const installed = isServing ? await readFile(baseConfig, "utf8").catch(() => "") : "";
  return Promise.all(
    listeners.map(async (listener) => {
      const isOurs = installed.includes(`:${listener.port} transparent name ${listener.name}`);
      return { ...listener, problem: isOurs ? null : await problemOf(listener, masterSocket) };
    }),
  );
}

/** An address that is not there yet is no problem. */
async function problemOf({ address, port }: InsideListener, masterSocket: string): Promise<string | null> {
  const host = address === "*" ? "0.0.0.0" : address;
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (code === null || code === "EADDRNOTAVAIL") return null;
  if (code === "EACCES") return `port ${port} is not permitted to this user; configure one from 1024 on`;
  const holder = (await describePortHolder(port)) ?? "another process";
  const pid = /pid (\d+)/.exec(holder)?.[1];
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  // A worker of ours that is about to end.
  if (command.includes(masterSocket)) return null;
  return `${holder} has port ${port}; end it, or configure another port`;
}
