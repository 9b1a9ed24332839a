/**
 * Signing in by the identity provider: there (`/session/oidc`) and back. The cookie of the way back is Lax, for the provider's
 * page leads here; the session's own is Strict, so the page that sets it goes on by itself rather than by a redirect.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { IdentityProvider } from "../ports/sign-in.ts";
import { ProviderUnavailable, SignInRefused } from "../ports/sign-in.ts";
import { messagePage, movedPage, plainPageHeaders } from "./plain-page.ts";
import { cookieOf, cookieText } from "./session-cookies.ts";
import { basePath, hostProblem, isSecure } from "./session-origin.ts";
import { clientOf, giveSession, record, type SessionRoutesOptions } from "./session-routes.ts";
import { headerValues } from "./sigv4/signed-request.ts";

const WAY_BACK_SECONDS = 600;
const UNAVAILABLE = 503;
const REFUSED = 403;

export function addProviderRoutes(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { provider } = options.signIn;
  if (provider === null) return;
  app.get("/session/oidc", (request, reply) =>
    orMessage(reply, options, () => leave(request, reply, provider, options)),
  );
  app.get("/session/oidc/callback", (request, reply) =>
    orMessage(reply, options, () => comeBack(request, reply, provider, options)),
  );
}

async function leave(
  request: FastifyRequest,
  reply: FastifyReply,
  provider: IdentityProvider,
  options: SessionRoutesOptions,
): Promise<FastifyReply> {
  const headers = headerValues(request.raw.rawHeaders);
  const { publicUrl } = options;
  // The way back leads to the public address: the cookie must be that address's.
  const host = headers.get("host")?.[0]?.toLowerCase() ?? "";
  if (host !== publicUrl.host) {
    if (isRedirected(request)) throw new SignInRefused(hostProblem(host, publicUrl));
    return reply.redirect(`${publicUrl.origin}${basePath(publicUrl)}/session/oidc?moved`);
  }
  const { url, state } = await provider.begin();
  const cookie = cookieText("slipway-oidc", state, {
    isSecure: isSecure(headers, publicUrl),
    sameSite: "Lax",
    maxAgeSeconds: WAY_BACK_SECONDS,
  });
  return reply.headers(plainPageHeaders).header("set-cookie", cookie).redirect(url);
}

async function comeBack(
  request: FastifyRequest,
  reply: FastifyReply,
  provider: IdentityProvider,
  options: SessionRoutesOptions,
): Promise<FastifyReply> {
  const headers = headerValues(request.raw.rawHeaders);
  const secure = isSecure(headers, options.publicUrl);
  reply.header("set-cookie", cookieText("slipway-oidc", "", { isSecure: secure, maxAgeSeconds: 0 }));
  try {
    const query = request.raw.url?.split("?").slice(1).join("?") ?? "";
    const owner = await provider.complete(query, cookieOf("slipway-oidc", headers, secure) ?? "");
    const session = await options.signIn.sessions.begin({ owner, method: "oidc" }, clientOf(request));
    await giveSession(request, reply, session, options);
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    await record(request, options, {
      eventName: "ConsoleLogin",
      principalArn: null,
      parameters: { method: "oidc" },
      error: { code: "SignInRefused", message: "Failed authentication" },
    });
    throw error;
  }
  return reply.headers(plainPageHeaders).send(movedPage(basePath(options.publicUrl)));
}

function isRedirected(request: FastifyRequest): boolean {
  return request.raw.url?.endsWith("?moved") === true;
}

async function orMessage(
  reply: FastifyReply,
  { publicUrl }: SessionRoutesOptions,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    const isRefused = error instanceof SignInRefused;
    if (!isRefused && !(error instanceof ProviderUnavailable)) throw error;
    return reply
      .status(isRefused ? REFUSED : UNAVAILABLE)
      .headers(plainPageHeaders)
      .send(messagePage(error.message, basePath(publicUrl)));
  }
}
