/**
 * The console's files at `/console/`: what the build put in dist/console. Names of assets hold a hash of what is in them, so a
 * browser may keep them for ever; the page itself is asked for each time.
 */
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";

export interface ConsoleFilesOptions {
  /** Absolute path; null: the console is not part of this program. */
  readonly consoleDirectory: string | null;
}

/**
 * Nothing foreign may be loaded, run, framed or asked, and nothing inline runs. Some of Cloudscape's pictures are `data:` addresses
 * in its style sheets.
 */
const consoleHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

export function addConsoleFiles(app: FastifyInstance, { consoleDirectory }: ConsoleFilesOptions): void {
  if (consoleDirectory === null) return;
  app.register(fastifyStatic, {
    root: consoleDirectory,
    prefix: "/console/",
    // `npm run build` leaves them beside the files.
    preCompressed: true,
    dotfiles: "ignore",
    cacheControl: false,
    setHeaders: (response, path) => {
      for (const [name, value] of Object.entries(consoleHeaders)) response.header(name, value);
      const isHashed = path.startsWith(join(consoleDirectory, "assets", "/"));
      response.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  app.get("/console", (request, reply): FastifyReply => reply.redirect(`${basename(request.url)}/`));
}

/** Relative, so that a path which a proxy has taken away stays. */
function basename(url: string): string {
  return url.split("?", 1)[0]?.split("/").at(-1) ?? "console";
}
