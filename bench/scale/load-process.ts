/** The program of the clients: is told what to send, sends it on time, tells how each request ended. */
import { once } from "node:events";
import { openLoop } from "../../test/support/load.ts";
import type { LoadOrder } from "./load.ts";

const [order] = (await once(process, "message")) as [LoadOrder];
const { answers } = await openLoop(order, { ...order, keepAlive: true }, new AbortController().signal);
process.send?.(answers, () => process.exit());
