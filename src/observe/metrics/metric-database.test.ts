import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MetricDatabase } from "./metric-database.ts";

const MIB = 1024 * 1024;

describe("the database of metrics", () => {
  let directory: string;
  let database: MetricDatabase;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "slipway-metrics-"));
    database = new MetricDatabase(join(directory, "metrics.db"), () => undefined);
  });
  afterEach(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });

  function write(mib: number): void {
    database.transaction(() => {
      for (let row = 0; row < mib; row++) {
        database
          .statement("insert into recent (start_s, owner, body) values (?, 1, zeroblob(?))")
          .run(row, MIB);
      }
    });
  }
  const forget = (mib: number) => database.statement("delete from recent where start_s < ?").run(mib);
  const pages = () => Number(database.statement("pragma page_count").get()?.["page_count"]);

  it("keeps what one hour frees for the next", () => {
    write(24);
    const full = pages();
    forget(6);
    database.shrink();
    expect(pages()).toBe(full);
  });

  it("gives back what many hours freed, in parts", () => {
    write(24);
    const full = pages();
    forget(20);
    for (let sweep = 0; sweep < 4; sweep++) database.shrink();
    expect(pages()).toBeLessThan(full / 2);
    expect(database.usedBytes()).toBeGreaterThan(4 * MIB);
  });
});
