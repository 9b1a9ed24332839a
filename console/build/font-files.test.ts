import { expect, test } from "vitest";
import { withFontFiles } from "./font-files.ts";

test("fonts within a style sheet become addresses of files; pictures stay", () => {
  const fonts: string[] = [];
  const picture = "url(data:image/svg+xml;base64,PHN2Zy8+)";
  const css = `@font-face{src:url("data:font/woff2;base64,b25l")}@font-face{src:url(data:font/woff2;base64,dHdv)}a{background:${picture}}`;
  const changed = withFontFiles(css, (font) => `./${fonts.push(font.toString())}.woff2`);
  expect(fonts).toEqual(["one", "two"]);
  expect(changed).toBe(
    `@font-face{src:url("./1.woff2")}@font-face{src:url(./2.woff2)}a{background:${picture}}`,
  );
});
