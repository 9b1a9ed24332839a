/** How `/session` is asked: what stands in the body, and who is signed in. */
import type { FastifyRequest } from "fastify";
import type { SignedIn, SignIn } from "../ports/sign-in.ts";
import { Refusal } from "./session-answer.ts";
import { CSRF_HEADER, presentSession } from "./session-authentication.ts";
import { cookieOf, isCsrfToken } from "./session-cookies.ts";
import { isSecure, originProblem, type PublicUrl } from "./session-origin.ts";
import { headerValues, type HeaderValues } from "./sigv4/signed-request.ts";

interface Options {
  readonly signIn: Pick<SignIn, "sessions">;
  readonly publicUrl: PublicUrl;
}

const NAME_MAX = 128;
const PASSWORD_MAX = 256;
const LINK_MAX = 128;

export interface Present {
  readonly token: string;
  readonly signedIn: SignedIn;
}

/** `changes`: only a page of this address may ask for it. */
export async function mustBeSignedIn(
  request: FastifyRequest,
  options: Options,
  kind: "reads" | "changes" = "reads",
): Promise<Present> {
  const { headers, isSecure: secure } = readHead(request, options);
  if (kind === "changes") assertOwnPage(headers, options);
  const token = cookieOf("slipway-session", headers, secure);
  const signedIn = token === null ? null : await presentSession(token, headers, options.signIn.sessions);
  if (token === null || signedIn === null) throw new Refusal(401, "NotSignedIn", "You are not signed in.");
  if (kind === "changes" && !isCsrfToken(headers.get(CSRF_HEADER)?.[0], token)) {
    throw new Refusal(403, "ForeignPage", `${CSRF_HEADER} is not the session's: GET /session tells it.`);
  }
  return { token, signedIn };
}

export function assertOwnPage(headers: HeaderValues, { publicUrl }: Options): void {
  const problem = originProblem(headers, publicUrl);
  if (problem !== null) throw new Refusal(403, "ForeignPage", problem);
}

export function readHead({ raw }: FastifyRequest, { publicUrl }: Options) {
  const headers = headerValues(raw.rawHeaders);
  return { headers, isSecure: isSecure(headers, publicUrl) };
}

export interface PasswordWish {
  readonly userName: string;
  readonly password: string;
}

export function readWish(request: FastifyRequest): PasswordWish | { readonly link: string } {
  const body = readJson(request);
  const text = (name: string, most: number): string | null => {
    const value = body[name];
    // PostgreSQL takes no NUL, and nobody types one.
    return typeof value === "string" && value !== "" && value.length <= most && !value.includes("\0")
      ? value
      : null;
  };
  const link = text("link", LINK_MAX);
  if (link !== null) return { link };
  const [userName, password] = [text("userName", NAME_MAX), text("password", PASSWORD_MAX)];
  if (userName !== null && password !== null) return { userName, password };
  const message = `The body must be {"userName": "…", "password": "…"}, of at most ${NAME_MAX} and ${PASSWORD_MAX} characters, none of them NUL.`;
  throw new Refusal(400, "InvalidRequest", message);
}

function readJson({ headers, body }: FastifyRequest): Readonly<Record<string, unknown>> {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new Refusal(415, "InvalidRequest", "The content type must be application/json.");
  }
  try {
    const value: unknown = JSON.parse(Buffer.isBuffer(body) ? body.toString("utf8") : "");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    throw new Refusal(400, "InvalidRequest", "The body is not JSON.");
  }
}
