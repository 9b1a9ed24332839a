import { expect, test } from "vitest";
import { filesOf, type Manifest, overBudget } from "./console-budget.ts";

const manifest: Manifest = {
  "index.html": { file: "index.js", isEntry: true, imports: ["_react.js"] },
  "_react.js": { file: "react.js" },
  "src/app/app.tsx": { file: "app.js", imports: ["_react.js", "_table.js"], css: ["app.css"] },
  "_table.js": { file: "table.js", imports: ["_react.js"] },
  "src/pages/services/services-page.tsx": { file: "services.js", imports: ["_table.js"] },
  "src/pages/sign-in/sign-in-page.tsx": { file: "sign-in.js", imports: ["_react.js"] },
};

test("a page brings what it imports, each once, and the sign-in page nothing of the console", () => {
  const files = (page: string) => [...filesOf(page, manifest)].toSorted();
  expect(files("src/pages/services/services-page.tsx")).toEqual([
    "app.css",
    "app.js",
    "index.js",
    "react.js",
    "services.js",
    "table.js",
  ]);
  expect(files("src/pages/sign-in/sign-in-page.tsx")).toEqual(["index.js", "react.js", "sign-in.js"]);
});

test("a page over its budget is told, and so is one that cannot be found", () => {
  const first = "src/pages/services/services-page.tsx";
  const within = new Map([
    [first, { scriptBytes: 350_000, styleBytes: 110_000 }],
    ["src/pages/sign-in/sign-in-page.tsx", { scriptBytes: 200_000, styleBytes: 60_000 }],
  ]);
  expect(overBudget(within)).toEqual([]);
  expect(overBudget(new Map([...within, [first, { scriptBytes: 350_001, styleBytes: 110_001 }]]))).toEqual([
    `${first} brings 351 kB of JavaScript; its budget is 350 kB`,
    `${first} brings 111 kB of style sheets; its budget is 110 kB`,
  ]);
  expect(overBudget(new Map())).toHaveLength(2);
});
