/** A process that commits until it is killed: `node committer.ts <path>` prints each count once it is committed. */
import { writeSync } from "node:fs";
import { openSqliteStore } from "../sqlite-store.ts";

const STDOUT = 1;
const [path = ""] = process.argv.slice(2);
const store = await openSqliteStore({ path });
for (;;) {
  const count = await store.transaction(async (tx) => {
    const next = Number((await tx.settings.get("count")) ?? 0) + 1;
    await tx.settings.put("count", String(next));
    await tx.tags.put("counts", [{ key: String(next), value: "x".repeat(500) }]);
    return next;
  });
  writeSync(STDOUT, `${count}\n`);
}
