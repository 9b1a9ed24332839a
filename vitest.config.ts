import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // How long a condition may take to come true on a machine that has other work; a second, if nothing is said.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{src,console/src,console/build}/**/*.test.ts",
            "tools/**/*.test.ts",
            "test/{golden,fuzz,support}/**/*.test.ts",
          ],
          exclude: ["src/**/*.real.test.ts"],
          // Many times what the longest property takes: a machine may have other work.
          testTimeout: 30_000,
          // Modules hold no state, so that files can share them: to load them anew for each file took half of the time.
          isolate: false,
          // Vitest leaves one processor of two to whoever watches, and takes twice as long.
          maxWorkers: "100%",
        },
      },
      {
        // Real engine, real proxy, real processes: one file at a time, they share two cores.
        test: {
          name: "real",
          include: ["src/**/*.real.test.ts", "test/**/*.real.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
