/**
 * Repositories hosted here, over git's smart HTTP: `/git/<name>.git/…`. Who may is decided here as for any operation; the
 * rest is the repositories' own. Bodies are streams of any length and pass through unread; what a repository may hold is
 * limited where it is stored.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type { FastifyInstance } from "fastify";
import type { AccountScope } from "../../domain/arn.ts";
import type { Principal } from "../../domain/identity.ts";
import type { Authorizer } from "../../ports/authorizer.ts";
import type { Credentials } from "../../ports/credentials.ts";
import type {
  HostedGitReply,
  HostedGitRequest,
  HostedRepositories,
} from "../../ports/hosted-repositories.ts";
import type { Auditor } from "../audit/auditor.ts";
import { contextOf } from "../authorization/call-context.ts";
import { repositoryArn } from "../authorization/service-rules.ts";
import type { ApiLogger } from "../dispatch.ts";
import { liftReadingDeadline } from "../reading-deadline.ts";
import { endWhenSilent } from "./silent-connection.ts";
import { auditedExchange } from "./git-audit.ts";
import { authenticateBasic } from "./basic-authentication.ts";

export interface GitRoutesOptions {
  readonly repositories: Pick<HostedRepositories, "serve">;
  readonly credentials: Credentials;
  readonly authorizer: Pick<Authorizer, "decide">;
  readonly scope: AccountScope;
  readonly logger: ApiLogger;
  readonly now: () => number;
  readonly auditor: Pick<Auditor, "recordOther">;
  readonly newRequestId: () => string;
  /** What a push to a repository sets going; the signal ends with the pusher's connection. */
  readonly onPush: (name: string, signal: AbortSignal) => HostedGitRequest["onPush"];
}

const GIT_PREFIX = "/git/";
/** Sent by clients that deploy by themselves what they push. */
const QUIET_HEADER = "slipway-push";
const QUIET = "store";

const PUSH = "slipway:PushRepository";
const PULL = "slipway:PullRepository";

const TARGET = /^\/git\/(?<name>[^/?]{1,100})\.git\/(?<path>[a-z/-]{1,40})(?:\?(?<query>.*))?$/;
/** Who sends and takes nothing for so long is gone. */
const SILENCE_MS = 120_000;
/** What still comes after a refusal is thrown away for so long: a reset would cost the client our answer. */
const LINGER_MS = 1000;

export function addGitRoutes(app: FastifyInstance, options: GitRoutesOptions): void {
  void app.register((git, _options, done) => {
    git.removeAllContentTypeParsers();
    git.addContentTypeParser("*", (_request, _body, parsed) => parsed(null));
    git.route({
      method: ["GET", "POST"],
      url: `${GIT_PREFIX}*`,
      handler: (request, reply) => {
        reply.hijack();
        return answer({ request: request.raw, sourceAddress: request.ip, options }, reply.raw);
      },
    });
    done();
  });
}

interface Asked {
  readonly request: IncomingMessage;
  /** Of who pushes, as proxies tell it that are believed. */
  readonly sourceAddress: string;
  readonly options: GitRoutesOptions;
}

interface Exchange extends Asked {
  readonly signal: AbortSignal;
}

/** Never throws. */
async function answer(asked: Asked, response: ServerResponse): Promise<void> {
  const { request, options } = asked;
  const startedAtMs = options.now();
  const end = new AbortController();
  response.once("close", () => end.abort());
  endWhenSilent(response, end, SILENCE_MS);
  const trace: Trace = {};
  try {
    const reply = await replyTo({ ...asked, signal: end.signal }, trace);
    response.writeHead(reply.status, { ...reply.headers, "cache-control": "no-store" });
    await pipeline(reply.body, response, { end: false });
    await tell({ ...asked, startedAtMs, status: reply.status }, trace);
    await endRequest(request);
    response.end();
    log(options, { ...trace, status: reply.status, durationMs: options.now() - startedAtMs });
  } catch (error) {
    const wasLeft = end.signal.aborted;
    response.destroy();
    const fields = { ...trace, durationMs: options.now() - startedAtMs };
    if (wasLeft) log(options, { ...fields, status: "left" });
    else options.logger.error({ event: "api.git", ...fields, err: error }, "git request failed");
  }
}

interface Trace {
  principal?: Principal;
  action?: string;
  repository?: string;
  accessKeyId?: string | null;
}

async function replyTo(
  { request, sourceAddress, options, signal }: Exchange,
  trace: Trace,
): Promise<HostedGitReply> {
  const { name, path, query = "" } = TARGET.exec(request.url ?? "")?.groups ?? {};
  if (name === undefined || path === undefined) return refusal(404, "Write /git/<name>.git.");
  const isPush = path === "git-receive-pack" || /(?:^|&)service=git-receive-pack(?:&|$)/.test(query);
  Object.assign(trace, { action: isPush ? PUSH : PULL, repository: name });
  const principal = await authenticateBasic(request.headers.authorization, options.credentials);
  if (principal === null) return unknownPusher();
  Object.assign(trace, { principal, accessKeyId: principal.accessKeyId });
  const ask = (action: string) => decide({ principal, action, name }, { request, sourceAddress, options });
  const { mayPush, refused } = await rightsTo(isPush, ask);
  if (refused !== null) return refusal(403, refused);
  liftReadingDeadline(request);
  return options.repositories.serve(
    {
      name,
      path,
      method: request.method ?? "",
      query,
      headers: singleHeaders(request),
      body: request,
      remoteUser: principal.accessKeyId ?? principal.arn,
      pusherArn: principal.arn,
      askedAtMs: options.now(),
      mayPush,
      onPush: request.headers[QUIET_HEADER] === QUIET ? onlyStored : options.onPush(name, signal),
    },
    signal,
  );
}

/** Before the answer ends: a push that was acknowledged is in the audit trail. */
async function tell(
  { request, sourceAddress, options, startedAtMs, status }: Ended,
  { principal, repository, action }: Trace,
): Promise<void> {
  const call = auditedExchange({
    request,
    sourceAddress,
    status,
    startedAtMs,
    principal,
    repository,
    isPush: action === PUSH,
    scope: options.scope,
    requestId: options.newRequestId(),
    endedAtMs: options.now(),
  });
  if (call !== null) await options.auditor.recordOther(call);
}

interface Ended extends Asked {
  readonly startedAtMs: number;
  readonly status: number;
}

const onlyStored: HostedGitRequest["onPush"] = () => Promise.resolve({ ok: true });

type Ask = (action: string) => Promise<{ readonly isAllowed: boolean; readonly refusal: string }>;

/** Who pulls is asked too whether they might push: what the repository tells them depends on it. */
async function rightsTo(
  isPush: boolean,
  ask: Ask,
): Promise<{ readonly mayPush: boolean; readonly refused: string | null }> {
  const push = await ask(PUSH);
  const wanted = isPush ? push : await ask(PULL);
  return { mayPush: push.isAllowed, refused: wanted.isAllowed ? null : wanted.refusal };
}

async function decide(
  {
    principal,
    action,
    name,
  }: { readonly principal: Principal; readonly action: string; readonly name: string },
  { request, sourceAddress, options }: Asked,
): ReturnType<Ask> {
  const { scope, authorizer, now } = options;
  const resource = repositoryArn(name, scope);
  const context = contextOf({
    operation: { action },
    value: {},
    head: { rawHeaders: request.rawHeaders, sourceAddress },
    nowMs: now(),
    region: scope.region,
  });
  const { isAllowed, reason } = await authorizer.decide({ principal, action, resource, context });
  return {
    isAllowed,
    refusal: `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  };
}

function unknownPusher(): HostedGitReply {
  const text =
    "Use an access key: its id is the user name, its secret the password. `slipway info` names the file.";
  const { headers, ...reply } = refusal(401, text);
  return { ...reply, headers: { ...headers, "www-authenticate": 'Basic realm="Slipway", charset="UTF-8"' } };
}

/** git shows plain text on its user's terminal. */
function refusal(status: number, text: string): HostedGitReply {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", connection: "close" },
    body: Readable.from([`${text}\n`]),
  };
}

function singleHeaders({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

/** A body that nobody wanted. */
async function endRequest(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.complete) return;
  request.resume();
  await finished(request, { signal: AbortSignal.timeout(LINGER_MS) }).catch(() => undefined);
}

function log({ logger }: GitRoutesOptions, fields: object): void {
  logger.info({ event: "api.git", ...fields }, "git request answered");
}
