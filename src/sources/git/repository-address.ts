/**
 * Addresses of Git repositories: what we may fetch from, taken apart. Pure. Everything that git would take for something
 * else than a plain https, http or ssh address (local paths, `ext::`, options) ends here.
 */
import { SourceError } from "../../ports/source-code.ts";

export interface RepositoryAddress {
  readonly scheme: "https" | "http" | "ssh";
  /** Without brackets, lower case. */
  readonly host: string;
  readonly port: number;
  /** Of ssh; null otherwise. */
  readonly user: string | null;
  /** Begins with `/`. */
  readonly path: string;
  /** Canonical, without user information of https: what git gets. */
  readonly url: string;
  /** `https://host` (the default port is left out), `ssh://host:22`: whom credentials are meant for. */
  readonly origin: string;
}

const DEFAULT_PORTS = { https: 443, http: 80, ssh: 22 } as const;
const LENGTH_MAX = 2048;
/** The dots between labels must be there: if they could be left out, a hostile name would be tried in 2^n ways. */
const LABEL = String.raw`[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?`;
const HOST = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*\.?$|^\[[0-9a-f:.]+\]$`);
const HOST_LENGTH_MAX = 253;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const SCP_LIKE = /^(?:(?<user>[^@/:]+)@)?(?<host>\[[^\]]+\]|[^@/:]+):(?!\/\/|:)(?<path>.+)$/;
const HELP = "Use an address such as https://host/path.git or git@host:path.git";

/** Throws SourceError "address". */
export function parseRepositoryAddress(text: string): RepositoryAddress {
  if (text === "" || text.length > LENGTH_MAX) throw wrong("it is empty or longer than 2048 characters");
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(text)) throw wrong("it holds spaces, backslashes or control characters");
  if (text.startsWith("-")) throw wrong("it begins with a dash");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return parseUrl(text);
  const scpLike = text.startsWith("/") || text.startsWith(".") ? null : SCP_LIKE.exec(text)?.groups;
  if (scpLike === null || scpLike === undefined) throw wrong("it is not an address on the network");
  const { user = null, host = "", path = "" } = scpLike;
  return sshAddress({ user, host, port: DEFAULT_PORTS.ssh, path: path.startsWith("/") ? path : `/${path}` });
}

/** The address of a submodule, which may be relative to the repository it is in (`../other.git`). */
export function resolveSubmoduleAddress(parent: RepositoryAddress, text: string): RepositoryAddress {
  if (!/^\.\.?\//.test(text)) return parseRepositoryAddress(text);
  const segments = parent.path.replace(/\/+$/, "").split("/");
  for (const segment of text.split("/")) {
    if (segment === "..") {
      if (segments.length <= 1) throw wrong(`${text} leads above ${parent.url}`);
      segments.pop();
    } else if (segment !== "." && segment !== "") segments.push(segment);
  }
  return withPath(parent, segments.join("/"));
}

export function withPath(address: RepositoryAddress, path: string): RepositoryAddress {
  return parseRepositoryAddress(address.url.slice(0, address.url.length - address.path.length) + path);
}

function parseUrl(text: string): RepositoryAddress {
  if (!URL.canParse(text)) throw wrong("it cannot be read");
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  if (url.search !== "" || url.hash !== "") throw wrong("it holds ? or #");
  const port = url.port === "" ? null : Number(url.port);
  const path = rawPath(text);
  if (scheme === "ssh" || scheme === "git+ssh") {
    if (url.password !== "") throw wrong("it holds a password");
    return sshAddress({ user: url.username || null, host: url.hostname, port: port ?? 22, path });
  }
  if (scheme !== "https" && scheme !== "http") throw wrong(`the scheme ${scheme} is not supported`);
  if (url.username !== "" || url.password !== "")
    throw wrong("it holds a user name or password: these belong in a connection");
  const host = checkHost(url.hostname);
  const authority = port === null ? bracketed(host) : `${bracketed(host)}:${port}`;
  const origin = `${scheme}://${authority}`;
  checkPath(path);
  return {
    scheme,
    host,
    port: port ?? DEFAULT_PORTS[scheme],
    user: null,
    path,
    url: `${origin}${path}`,
    origin,
  };
}

/** As written: URL would turn `/a/../b` into something else without a word. */
function rawPath(text: string): string {
  return /^[^:]+:\/\/[^/]*(\/.*)?$/.exec(text)?.[1] ?? "";
}

function sshAddress(parts: {
  readonly user: string | null;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}): RepositoryAddress {
  const user = parts.user ?? "git";
  if (!USER.test(user)) throw wrong("its user name has characters that are not allowed");
  const host = checkHost(parts.host);
  checkPath(parts.path);
  const { port, path } = parts;
  const url = `ssh://${user}@${bracketed(host)}:${port}${path}`;
  return { scheme: "ssh", host, port, user, path, url, origin: `ssh://${bracketed(host)}:${port}` };
}

function checkHost(text: string): string {
  const host = text.toLowerCase();
  if (host.length > HOST_LENGTH_MAX || !HOST.test(host)) throw wrong("its host name is not one");
  return host.replace(/^\[|\]$/g, "");
}

function checkPath(path: string): void {
  if (path.replaceAll("/", "") === "") throw wrong("the path of the repository is missing");
  const segments = path.split("/").map((segment) => decoded(segment));
  if (segments.includes("..") || segments.includes(".")) throw wrong("its path holds . or ..");
  // `git@host:-x`: the path is an argument of a program on the other side.
  if (segments[1]?.startsWith("-")) throw wrong("its path begins with a dash");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function wrong(problem: string): SourceError {
  return new SourceError("address", `The address of the repository cannot be used: ${problem}. ${HELP}.`);
}
