/** A collector that takes everything and reads nothing, in a thread of its own so that its time is not counted. */
import { Worker } from "node:worker_threads";
import type { Cleanup } from "../support/cleanup.ts";

const SERVER = `
  const server = require("node:http").createServer((request, response) =>
    request.on("end", () => response.end()).resume());
  server.listen(0, "127.0.0.1", () =>
    require("node:worker_threads").parentPort.postMessage(server.address().port));
`;

export async function startSink(cleanup: Cleanup): Promise<string> {
  const worker = new Worker(SERVER, { eval: true });
  cleanup.add(async () => void (await worker.terminate()));
  const port = await new Promise((resolve) => worker.once("message", resolve));
  return `http://127.0.0.1:${String(port)}`;
}
