/**
 * Where browsers begin: `GET /` and `/sign-in` lead to the console. Ways are relative, so that a path which a proxy has taken away
 * stays, and what stands behind `#` goes along by itself. Programs that ask for no page are told how to use this address.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isThisMachine } from "../health-routes.ts";
import { landingPage, type LandingPage, pageHeaders } from "../landing-page.ts";

export interface StartRoutesOptions {
  readonly consoleDirectory: string | null;
  /** What the page at `GET /` shows. */
  readonly page: () => LandingPage;
}

const CONSOLE = "console/";

export function addStartRoutes(app: FastifyInstance, options: StartRoutesOptions): void {
  const hasConsole = options.consoleDirectory !== null;
  app.get("/", (request, reply) => {
    reply.header("vary", "accept");
    if (hasConsole && wantsPage(request)) return reply.header("cache-control", "no-store").redirect(CONSOLE);
    return reply.headers(pageHeaders).send(landingPage(pageFor(request, options)));
  });
  // Where people signed in before there was a console; identity providers know it.
  app.get("/sign-in", (_request, reply) =>
    reply.header("cache-control", "no-store").redirect(hasConsole ? CONSOLE : "./"),
  );
}

function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes("text/html") === true;
}

/** Paths of this machine are for who sits at it. */
function pageFor(request: FastifyRequest, options: StartRoutesOptions): LandingPage {
  const page = { ...options.page(), hasConsole: options.consoleDirectory !== null };
  return isThisMachine(request.ip) ? page : { ...page, credentialsFile: undefined };
}
