import { expect, test } from "vitest";
import { exportOnly, importByArea } from "./texts-by-area.ts";

test("an import of several areas is one of each", () => {
  const code = `import { logs as texts, shared } from "../../texts.ts";\nimport { a } from "./other.ts";`;
  expect(importByArea(code)).toBe(
    `import { logs as texts } from "../../texts.ts?logs"; import { shared } from "../../texts.ts?shared";\nimport { a } from "./other.ts";`,
  );
  expect(importByArea(`import {\n  logs,\n  shared,\n} from "./texts.ts";`)).toBe(
    `import { logs } from "./texts.ts?logs"; import { shared } from "./texts.ts?shared";`,
  );
});

test("a module of one area exports that alone", () => {
  const code = "export const logs = { a: short } as const;\nconst short = 1;\nexport const logsOfAll = {};";
  expect(exportOnly("logs", code)).toBe(
    "export const logs = { a: short } as const;\nconst short = 1;\nconst logsOfAll = {};",
  );
});
