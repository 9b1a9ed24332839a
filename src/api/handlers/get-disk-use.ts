import type { Handler } from "../handler.ts";

/** Ours: what the state directory takes. */
export const getDiskUse: Handler<"GetDiskUse"> = async (_input, { ownHealth }) => {
  const uses = await ownHealth.diskUse();
  return { Uses: uses.map(({ kind, bytes }) => ({ Kind: kind, Bytes: bytes })) };
};
