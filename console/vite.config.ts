/**
 * The console: static files in dist/console, loaded by relative addresses alone, so that it works behind any path. Each page is
 * a file of its own.
 */
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { sharedChunks } from "./build/chunks.ts";
import { fontFiles } from "./build/font-files.ts";
import { textsByArea } from "./build/texts-by-area.ts";

const root = import.meta.dirname;
const UNUSED_LAYOUT = "\0unused-layout";

/** Cloudscape has three layouts of an application and brings all along; the console has the second. 30 kB that nobody sees. */
const unusedLayouts: Plugin = {
  name: "unused-layouts",
  enforce: "pre",
  resolveId(source, importer) {
    const isOther = source === "./classic" || source === "./visual-refresh-toolbar";
    return isOther && importer?.endsWith("/app-layout/internal.js") === true ? UNUSED_LAYOUT : null;
  },
  load(id) {
    return id === UNUSED_LAYOUT ? "export default function UnusedLayout() { return null; }" : null;
  },
};

export default defineConfig({
  root,
  base: "./",
  plugins: [unusedLayouts, textsByArea(), react(), fontFiles()],
  resolve: {
    // Cloudscape's messages come parsed.
    alias: { "@formatjs/icu-messageformat-parser": "@formatjs/icu-messageformat-parser/lib/no-parser.js" },
  },
  build: {
    outDir: resolve(root, "../dist/console"),
    emptyOutDir: true,
    // For tools/console-budget.ts.
    manifest: true,
    target: "es2023",
    // Inlined files would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ debugName: "shared", name: sharedChunks() }] } },
    },
    chunkSizeWarningLimit: 1_500,
  },
});
