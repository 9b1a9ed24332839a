import { resolve } from "node:path";
import { expect, test } from "vitest";
import { sharedChunks } from "./chunks.ts";

const SRC = resolve(import.meta.dirname, "../src");
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "main.tsx": ["react", "app/start.tsx"],
  "app/start.tsx": ["react", "api/session.ts"],
  "pages/sign-in/sign-in-page.tsx": ["button"],
  "app/app.tsx": ["react", "app/shell.tsx", "button"],
  "app/shell.tsx": ["button", "api/session.ts"],
  "pages/services/services-page.tsx": ["table", "pages/services/columns.tsx"],
  "pages/logs-page.tsx": ["code", "table"],
};

function chunkOf(name: string): string | null {
  return sharedChunks()(resolve(SRC, name), {
    getModuleInfo: (id) => {
      const imported = Object.entries(IMPORTS).find(([from]) => resolve(SRC, from) === id)?.[1] ?? [];
      return { importedIds: imported.map((to) => resolve(SRC, to)) };
    },
  });
}

test("what signing in needs is one file, what the frame and the first list need besides is another", () => {
  for (const name of ["react", "button", "app/start.tsx", "api/session.ts"])
    expect(chunkOf(name)).toBe("base");
  for (const name of ["table", "app/shell.tsx"]) expect(chunkOf(name)).toBe("console");
});

test("pages, and what other pages need alone, are in neither", () => {
  const others = [
    "main.tsx",
    "app/app.tsx",
    "pages/sign-in/sign-in-page.tsx",
    "pages/services/columns.tsx",
    "code",
  ];
  for (const name of others) expect(chunkOf(name)).toBeNull();
});
