/**
 * Cloudscape's style sheet holds its eight fonts as `data:` addresses: 140 kB before anything can be shown. As files beside it a
 * browser loads the two that are seen, when they are seen.
 */
import { posix } from "node:path";
import type { Plugin } from "vite";

const FONT = /url\((["']?)data:font\/woff2;base64,([^)"']+)\1\)/g;

export function fontFiles(): Plugin {
  return {
    name: "font-files",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        file.source = withFontFiles(String(file.source), (font) => {
          const name = this.getFileName(this.emitFile({ type: "asset", name: "font.woff2", source: font }));
          return `./${posix.relative(posix.dirname(file.fileName), name)}`;
        });
      }
    },
  };
}

/** `addFile` takes a font and returns its address. */
export function withFontFiles(css: string, addFile: (font: Buffer) => string): string {
  return css.replaceAll(
    FONT,
    (_, quote: string, base64: string) => `url(${quote}${addFile(Buffer.from(base64, "base64"))}${quote})`,
  );
}
