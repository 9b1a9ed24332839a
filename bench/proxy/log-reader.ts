/**
 * Reads the log ring of an HAProxy over its runtime socket, as the control plane does, in a process of its own. It counts
 * lines and does nothing with them.
 *
 * Run as `node log-reader.ts <socket>`; answers the message "count" with the number of lines so far.
 */
import { createConnection } from "node:net";

const COMMAND = "show events access_log -w -n\n";
const LINE_END = 0x0a;

const [socketPath = ""] = process.argv.slice(2);
let lines = 0;
let isReady = false;

connect();

/** HAProxy ends a connection on which nothing came for a while. */
function connect(): void {
  const socket = createConnection(socketPath, () => {
    socket.write(COMMAND);
    if (!isReady) process.send?.("ready");
    isReady = true;
  });
  socket.on("data", (chunk) => {
    for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, at + 1)) lines++;
  });
  socket.on("close", connect);
}

process.on("message", () => process.send?.(lines));
process.on("disconnect", () => process.exit());
