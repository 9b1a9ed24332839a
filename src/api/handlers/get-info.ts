import type { Handler } from "../handler.ts";

/** Ours: where this installation listens, lives and keeps its state. */
export const getInfo: Handler<"GetInfo"> = (_input, { info }) => Promise.resolve(info());
