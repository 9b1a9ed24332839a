/**
 * One file that needs no node_modules: dist/slipway.mjs. Beside it the threads that pack and search logs and that simulate
 * scaling, which would be slow to start and large if they were started from the same file.
 *
 * dockerode loads gRPC, protocol buffers and ssh at start, some 20 MB resident, for things we do not do (build sessions,
 * engines behind ssh). They are replaced by a module that says so when it is used. So is axios in acme-client, whose way to
 * the network is not used (`domains/acme/acme-library.ts`): 490 kB, 6 MB resident. And what fastify compiles JSON schemas with,
 * which no route has (`api/server.ts`), and @fastify/static looks for files with, where it is not asked as each file is.
 */
import { basename, join } from "node:path";
import type { Plugin, BuildOptions } from "rolldown";

const UNUSED = new Set([
  "@grpc/grpc-js",
  "@grpc/proto-loader",
  "protobufjs",
  "ssh2",
  "cpu-features",
  "pg-native",
  "@fastify/ajv-compiler",
  "@fastify/fast-json-stringify-compiler",
  "glob",
]);
const NOT_ASCII = /[^\0-\x7f]/g;
const STAND_IN = "\0not-bundled:";

function isUnused(id: string, importer: string | undefined): boolean {
  return UNUSED.has(id) || (id === "./axios" && importer?.includes("/acme-client/src/") === true);
}

const withoutUnused: Plugin = {
  name: "not-bundled",
  resolveId: (id, importer) => (isUnused(id, importer) ? STAND_IN + id : null),
  load(id) {
    if (!id.startsWith(STAND_IN)) return null;
    const name = id.slice(STAND_IN.length);
    return `module.exports = new Proxy(function () {}, {
      get(_target, key) { return key === "__esModule" ? undefined : class { constructor() { throw new Error("${name} is not part of this build"); } }; },
    });`;
  },
};

/**
 * V8 keeps a program's text as long as it runs, with two bytes for each character as soon as one is not ASCII: 8 MB resident.
 * `charset` writes those as escapes, except in the comments that licences ask for.
 */
const asciiComments: Plugin = {
  name: "ascii-comments",
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type !== "chunk") continue;
      file.code = file.code.replaceAll(NOT_ASCII, escapeOf);
    }
  },
};

function escapeOf(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

export interface BundleWish {
  /** Of the program, without its ending: that of its bundle too. */
  readonly source: string;
  readonly directory: string;
}

/** A program and, beside it, what it starts as threads. */
export function bundles({ source, directory }: BundleWish): BuildOptions[] {
  const output = {
    format: "esm",
    codeSplitting: false,
    sourcemap: true,
    charset: "ascii",
    comments: { legal: true, annotation: false, jsdoc: false },
  } as const;
  return [
    {
      input: `${source}.ts`,
      platform: "node",
      plugins: [withoutUnused, asciiComments],
      output: {
        ...output,
        file: join(directory, `${basename(source)}.mjs`),
        // CommonJS dependencies ask for these.
        banner: `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`,
      },
    },
    {
      input: "src/observe/logs/log-worker.ts",
      platform: "node",
      output: { ...output, file: join(directory, "log-worker.mjs") },
    },
    {
      input: "src/main/simulation-worker.ts",
      platform: "node",
      output: { ...output, file: join(directory, "simulation-worker.mjs") },
    },
  ];
}

export default bundles({ source: "src/main/slipway", directory: "dist" });
