import { toDate } from "../wire/time.ts";
import type { Handler } from "../handler.ts";

const DEADLINE_MS = 30_000;
const IMAGES_MAX = 500;

/** Ours: what was built or pulled on this machine, for who chooses one. */
export const listImages: Handler<"ListImages"> = async (_input, { images }) => {
  const found = await images.ofMachine(AbortSignal.timeout(DEADLINE_MS));
  return {
    Images: found
      .toSorted((one, other) => other.createdAtMs - one.createdAtMs || (one.name < other.name ? -1 : 1))
      .slice(0, IMAGES_MAX)
      .map(({ name, createdAtMs, sizeBytes }) => ({
        ImageIdentifier: name,
        CreatedAt: toDate(createdAtMs),
        SizeBytes: sizeBytes,
      })),
  };
};
