import type { RandomBytes } from "../../../domain/access-key.ts";
import type { IdSource } from "../../../ports/clock.ts";

/** Chance comes from the one source of ids. */
export function bytesOf(ids: Pick<IdSource, "hex32">): RandomBytes {
  return (size) => {
    let bytes = Buffer.alloc(0);
    while (bytes.length < size) bytes = Buffer.concat([bytes, Buffer.from(ids.hex32(), "hex")]);
    return bytes.subarray(0, size);
  };
}
