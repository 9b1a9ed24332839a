/**
 * `GET /console/live`: the live stream of who is signed in. A browser's EventSource can send no header of ours, so the cookie alone
 * counts; it is Strict, and what another site asks for is refused.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ownerKey } from "../../domain/sign-in-session.ts";
import type { SignIn } from "../../ports/sign-in.ts";
import type { StateChanges } from "../../ports/state-changes.ts";
import type { OpenStreams } from "../open-streams.ts";
import { Refusal, refuse, sessionHeaders } from "../session-answer.ts";
import { cookieOf } from "../session-cookies.ts";
import { originProblem, type PublicUrl } from "../session-origin.ts";
import { type Present, readHead } from "../session-request.ts";
import type { HeaderValues } from "../sigv4/signed-request.ts";
import { LiveRights, type LiveRightsOptions } from "./live-rights.ts";
import { liveEvents } from "./live-stream.ts";

export interface LiveRouteOptions {
  readonly live: LiveRightsOptions & { readonly changes: StateChanges };
  readonly signIn: Pick<SignIn, "sessions">;
  readonly publicUrl: PublicUrl;
}

/** Browsers close those of tabs that nobody sees. */
const OWNER_STREAMS_MAX = 20;
const STREAMS_MAX = 200;

export function addLiveRoute(app: FastifyInstance, options: LiveRouteOptions, streams: OpenStreams): void {
  const open = new Seats();
  app.get("/console/live", async (request, reply) => {
    try {
      const present = await presentOf(request, options);
      // Gone while we looked: nothing would tell us so again, and its seat would stay taken.
      if (reply.raw.destroyed) return reply.hijack();
      return begin(request, reply, { ...options, present, streams, open });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refuse(reply.headers(sessionHeaders), error);
    }
  });
}

interface Beginning extends LiveRouteOptions {
  readonly present: Present;
  readonly streams: OpenStreams;
  readonly open: Seats;
}

function begin(
  request: FastifyRequest,
  reply: FastifyReply,
  { present: { token, signedIn }, streams, open, live, signIn }: Beginning,
): FastifyReply {
  const leave = open.take(ownerKey(signedIn.session.owner));
  const gone = new AbortController();
  reply.raw.once("close", () => {
    leave();
    gone.abort();
  });
  const viewer = {
    principal: signedIn.principal,
    head: { rawHeaders: request.raw.rawHeaders, sourceAddress: request.ip },
  };
  const body = liveEvents({
    changes: live.changes,
    rights: new LiveRights(viewer, live),
    holds: () => signIn.sessions.holds(token),
    gone: gone.signal,
  });
  const headers = {
    ...sessionHeaders,
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    // nginx would keep events back until there are many.
    "x-accel-buffering": "no",
  };
  return streams.send(reply, { status: 200, headers, body });
}

/** Throws Refusal. Opening a stream is no use of the session: browsers do it by themselves. */
async function presentOf(request: FastifyRequest, options: LiveRouteOptions): Promise<Present> {
  const { headers, isSecure } = readHead(request, options);
  const problem = foreignProblem(headers, options.publicUrl);
  if (problem !== null) throw new Refusal(403, "ForeignPage", problem);
  const token = cookieOf("slipway-session", headers, isSecure);
  const signedIn = token === null ? null : await options.signIn.sessions.look(token);
  if (token === null || signedIn === null) throw new Refusal(401, "NotSignedIn", "You are not signed in.");
  if (signedIn.mustChangePassword) {
    throw new Refusal(403, "PasswordChangeNeeded", "The password must be changed first.");
  }
  return { token, signedIn };
}

/** Over plain http browsers say nothing of where a read comes from; what they do say must be this address. */
function foreignProblem(headers: HeaderValues, publicUrl: PublicUrl): string | null {
  const saysWhere = headers.has("origin") || headers.has("sec-fetch-site");
  return saysWhere ? originProblem(headers, publicUrl) : null;
}

/** How many streams there are, by owner. */
class Seats {
  readonly #taken = new Map<string, number>();
  #count = 0;

  /** Throws Refusal when there are too many. The function that comes back gives the seat back; once. */
  take(owner: string): () => void {
    const own = this.#taken.get(owner) ?? 0;
    if (own >= OWNER_STREAMS_MAX || this.#count >= STREAMS_MAX) {
      throw new Refusal(429, "TooManyStreams", "Too many pages are open at once: close some.", RETRY_MS);
    }
    this.#taken.set(owner, own + 1);
    this.#count += 1;
    return () => this.#give(owner);
  }

  #give(owner: string): void {
    const left = (this.#taken.get(owner) ?? 1) - 1;
    this.#count -= 1;
    if (left > 0) this.#taken.set(owner, left);
    else this.#taken.delete(owner);
  }
}

const RETRY_MS = 10_000;
