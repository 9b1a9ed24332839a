/**
 * Fetches a challenge's answer as an authority would, and says what is wrong in one sentence.
 *
 * It talks to addresses that users' names lead to. So: only GET of that one path under that one name, on the ports 80 (or the
 * configured one) and 443; a redirect is followed only where name and path stay; at most 1 KiB is read; link-local, multicast
 * and metadata addresses are never asked. Private addresses are, since closed networks have no others.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIPv6 } from "node:net";
import { mayBeAsked } from "./address.ts";
import { errorCode } from "./dns-listen-error.ts";
import type { NameChain } from "./name-chain.ts";

interface Expected {
  readonly name: string;
  readonly path: string;
  readonly expected: string;
  /** Where the name leads. */
  readonly chain: NameChain;
  /** Of HTTP and HTTPS at each address. */
  readonly ports: { readonly http: number; readonly https: number };
}

const REDIRECTS_MAX = 3;
const ADDRESSES_MAX = 4;
const ATTEMPT_TIMEOUT_MS = 5_000;
const BODY_MAX_BYTES = 1024;
const SHOWN_CHARACTERS = 100;
const NO_WAY = "cannot be reached from this machine: there is no way to it.";

/** Null when each address of the name gives the expected text. Never rejects. */
export async function fetchAnswer(wanted: Expected, signal: AbortSignal): Promise<string | null> {
  const { name, chain } = wanted;
  const { end } = chain;
  if (end.kind === "failed")
    return `The addresses of ${name} are not known: no answer for ${end.name} (${end.reason}).`;
  if (end.kind === "loop") return `${name} leads in a circle of CNAMEs.`;
  const addresses = end.kind === "data" ? end.records.map(({ value }) => value) : [];
  if (addresses.length === 0) return `${name} has no address: set its A, AAAA or CNAME record.`;
  // Authorities begin with IPv6.
  const asked = addresses
    .toSorted((one, other) => Number(isIPv6(other)) - Number(isIPv6(one)))
    .slice(0, ADDRESSES_MAX);
  const problems = await Promise.all(asked.map((address) => problemAt(address, wanted, signal)));
  // Authorities may have a way that this machine has not.
  const known = problems.filter((problem) => problem?.endsWith(NO_WAY) !== true);
  return (known.length > 0 ? known : problems).find((problem) => problem !== null) ?? null;
}

interface Reply {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
}

async function problemAt(address: string, wanted: Expected, signal: AbortSignal): Promise<string | null> {
  const { name, path, expected } = wanted;
  if (!mayBeAsked(address))
    return `${name} leads to ${address}, where no server can be asked: set its records to this machine.`;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
  let isTls = false;
  for (let redirects = 0; ; redirects++) {
    const port = isTls ? wanted.ports.https : wanted.ports.http;
    const where = `${isTls ? "https" : "http"}://${name}${path} at ${address} port ${port}`;
    const reply = await get({ address, port, name, path, isTls }, limited);
    if (typeof reply === "string") return `${where} ${reply}`;
    if (reply.location === null) return contentProblem(where, reply, expected);
    const next = redirectOf(reply.location, wanted, isTls);
    if (next === null)
      return `${where} redirects to ${shown(reply.location)}: the answer has to come without leaving name and path.`;
    if (redirects === REDIRECTS_MAX) return `${where} redirects again and again.`;
    isTls = next === "https:";
  }
}

function contentProblem(where: string, { status, body }: Reply, expected: string): string | null {
  if (status === 404)
    return `${where} answers 404: another server than this one, or one that keeps /.well-known/ from us.`;
  if (status !== 200) return `${where} answers ${status} instead of 200.`;
  if (body.trim() === expected) return null;
  return `${where} answers something else: "${shown(body.trim())}" instead of the expected text.`;
}

/** The scheme, where only that changes. */
function redirectOf(location: string, { name, path, ports }: Expected, isTls: boolean): string | null {
  const base = isTls ? `https://${name}` : `http://${name}`;
  if (!URL.canParse(location, base)) return null;
  const { protocol, hostname, port, pathname, search } = new URL(location, base);
  const isSame = hostname === name && pathname === path && search === "";
  const isPort = port === "" || (protocol === "http:" && Number(port) === ports.http);
  return isSame && isPort && (protocol === "http:" || protocol === "https:") ? protocol : null;
}

interface Target {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly path: string;
  readonly isTls: boolean;
}

/** The reply, or how it went wrong, as the end of a sentence. */
async function get(
  { address, port, name, path, isTls }: Target,
  signal: AbortSignal,
): Promise<Reply | string> {
  const options: RequestOptions = { host: address, port, path, method: "GET", agent: false, signal };
  const headers = { host: name, accept: "*/*", "user-agent": "slipway" };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = isTls
        ? // As an authority does: there is no certificate yet.
          httpsRequest({ ...options, headers, servername: name, rejectUnauthorized: false })
        : httpRequest({ ...options, headers });
      request.once("response", resolve).once("error", reject).end();
    });
    const { statusCode: status = 0, headers: replied } = response;
    const isRedirect = status >= 300 && status < 400;
    return { status, location: isRedirect ? (replied.location ?? "") : null, body: await readHead(response) };
  } catch (error) {
    return describe(error, signal);
  }
}

async function readHead(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_MAX_BYTES) break;
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, BODY_MAX_BYTES).toString("utf8");
}

function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) {
    return "does not answer in time: let port 80 through the firewall (behind a router this machine may not reach its own public address).";
  }
  const code = errorCode(error);
  if (code === "ECONNREFUSED") return "refuses the connection: nothing listens there.";
  if (code === "ENETUNREACH" || code === "EHOSTUNREACH") return NO_WAY;
  return `breaks off${code === "" ? "" : ` (${code})`}: it does not speak HTTP as expected.`;
}

function shown(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, SHOWN_CHARACTERS);
}
