/**
 * Files kept in Git LFS: pointers in the tree are replaced by what they stand for, through the batch API of the
 * repository's own LFS server. No `git-lfs` program runs, and `.lfsconfig` is not read: a repository does not say whom we
 * talk to.
 */
import { chmod, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { GitCredential } from "../../ports/git-credentials.ts";
import { SourceError } from "../../ports/source-code.ts";
import { quoted } from "./location.ts";
import type { NetworkRules } from "./network-rules.ts";
import { isMeantFor } from "./remote-access.ts";
import type { RepositoryAddress } from "./repository-address.ts";
import { readSmallBody, saveBody, sendSafely } from "./safe-request.ts";

const POINTER_BYTES_MAX = 1024;
const POINTER =
  /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v1\n(?:ext-[^\n]*\n)*oid sha256:(?<oid>[0-9a-f]{64})\nsize (?<bytes>\d{1,15})\n?$/;
const BATCH_SIZE = 100;
const REPLY_BYTES_MAX = 4 * 1024 ** 2;
const REDIRECTS_MAX = 3;
const MEDIA_TYPE = "application/vnd.git-lfs+json";

export interface LfsFile {
  readonly path: string;
  readonly oid: string;
  readonly bytes: number;
}

export interface LfsServer {
  readonly address: RepositoryAddress;
  readonly credential: GitCredential | null;
  readonly allowPlainHttp: boolean;
  readonly rules: NetworkRules;
  readonly signal: AbortSignal;
}

interface Download {
  readonly href: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Null: the content is not a pointer. */
export function parsePointer(path: string, content: string): LfsFile | null {
  const { oid, bytes } = POINTER.exec(content)?.groups ?? {};
  return oid === undefined ? null : { path, oid, bytes: Number(bytes) };
}

export function canBePointer(bytes: number): boolean {
  return bytes > 0 && bytes <= POINTER_BYTES_MAX;
}

/** Replaces the pointers at `path` below the directory. Throws SourceError. */
export async function downloadLfsFiles(
  server: LfsServer,
  directory: string,
  files: readonly LfsFile[],
): Promise<void> {
  for (let start = 0; start < files.length; start += BATCH_SIZE) {
    const batch = files.slice(start, start + BATCH_SIZE);
    const downloads = await askForDownloads(server, batch);
    for (const file of batch) {
      const download = downloads.get(file.oid);
      if (download === undefined) throw lfsError("no-commit", file, "is not on its LFS server any more");
      await replacePointer(server, join(directory, file.path), file, download);
    }
  }
}

async function askForDownloads(
  server: LfsServer,
  files: readonly LfsFile[],
): Promise<ReadonlyMap<string, Download>> {
  const url = `${lfsUrl(server.address)}/objects/batch`;
  const objects = files.map(({ oid, bytes }) => ({ oid, size: bytes }));
  const body = JSON.stringify({ operation: "download", transfers: ["basic"], objects, hash_algo: "sha256" });
  const headers = { ...authorization(server, url), accept: MEDIA_TYPE, "content-type": MEDIA_TYPE };
  const answer = await sendSafely({ ...server, url: checked(url, server), method: "POST", headers, body });
  const text = await readSmallBody(answer, REPLY_BYTES_MAX);
  if (answer.statusCode !== 200) throw batchError(server, answer.statusCode ?? 0);
  return parseDownloads(text, server);
}

function parseDownloads(text: string, server: LfsServer): ReadonlyMap<string, Download> {
  const found = new Map<string, Download>();
  const reply = parseJson(text);
  for (const object of asList(field(reply, "objects"))) {
    const oid = field(object, "oid");
    const download = field(field(object, "actions"), "download");
    const href = field(download, "href");
    if (typeof oid !== "string" || typeof href !== "string") continue;
    const given = Object.entries(field(download, "header") ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    const isAuthorized = field(object, "authenticated") === true || given.length > 0;
    found.set(oid, {
      href,
      headers: { ...(isAuthorized ? {} : authorization(server, href)), ...Object.fromEntries(given) },
    });
  }
  return found;
}

async function replacePointer(
  server: LfsServer,
  path: string,
  file: LfsFile,
  download: Download,
): Promise<void> {
  const temporary = `${path}.slipway-lfs`;
  const { mode } = await stat(path);
  try {
    const answer = await get(server, download, REDIRECTS_MAX);
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw lfsError("unreachable", file, `was not given by its LFS server (status ${answer.statusCode})`);
    }
    const saved = await saveBody(answer, temporary, { bytesMax: file.bytes, signal: server.signal });
    if (saved.bytes !== file.bytes || saved.sha256 !== file.oid)
      throw lfsError("refused", file, "is not what its pointer says: size or digest differ");
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    server.signal.throwIfAborted();
    if (error instanceof SourceError && error.message !== "more bytes than announced") throw error;
    throw lfsError("refused", file, "could not be downloaded whole");
  }
}

async function get(
  server: LfsServer,
  download: Download,
  redirectsLeft: number,
): ReturnType<typeof sendSafely> {
  const { href, headers } = download;
  const answer = await sendSafely({ ...server, url: checked(href, server), method: "GET", headers });
  const target = answer.headers.location;
  const isRedirect = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) && target !== undefined;
  if (!isRedirect || redirectsLeft === 0 || !URL.canParse(target, href)) return answer;
  answer.resume();
  const next = new URL(target, href);
  const kept = next.origin === new URL(href).origin ? headers : {};
  return get(server, { href: next.href, headers: kept }, redirectsLeft - 1);
}

/** Of an ssh address: the same path over https, which is where hosts have it. */
function lfsUrl({ url, scheme, host, path }: RepositoryAddress): string {
  const base = (scheme === "ssh" ? `https://${host.includes(":") ? `[${host}]` : host}${path}` : url).replace(
    /\/+$/,
    "",
  );
  return `${base.endsWith(".git") ? base : `${base}.git`}/info/lfs`;
}

function authorization({ address, credential }: LfsServer, url: string): Record<string, string> {
  const isOurs = URL.canParse(url) && new URL(url).origin === address.origin;
  if (credential?.kind !== "password" || !isOurs || !isMeantFor(credential, address)) return {};
  const pair = Buffer.from(`${credential.username}:${credential.password}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}

function checked(url: string, { allowPlainHttp }: LfsServer): string {
  const scheme = URL.canParse(url) ? new URL(url).protocol : "";
  if (scheme === "https:" || (scheme === "http:" && allowPlainHttp)) return url;
  throw new SourceError("address", "The LFS server names a download that is not at an https address.");
}

function batchError({ address }: LfsServer, status: number): SourceError {
  const where = `the LFS server of ${address.url}`;
  if (status === 401 || status === 403)
    return new SourceError(
      "unauthorized",
      `The connection may not read from ${where}. Check its credentials.`,
    );
  if (status === 404)
    return new SourceError("not-found", `There are LFS pointers, but ${where} was not found.`);
  return new SourceError("unreachable", `The answer of ${where} was ${status}; try again later.`);
}

function lfsError(problem: SourceError["problem"], file: LfsFile, what: string): SourceError {
  return new SourceError(problem, `The LFS file ${quoted(file.path)} ${what}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
