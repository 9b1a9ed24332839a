/**
 * What git's complaints mean. Matched by text under LC_ALL=C, unfortunately: git has no error codes. Neither git's words
 * nor a server's reach the user whole: they may hold addresses, secrets or control characters. Pure.
 */
import { SourceError } from "../../ports/source-code.ts";

interface Meaning {
  readonly pattern: RegExp;
  readonly problem: SourceError["problem"];
  /** `{url}`, `{branch}` and `{limit}` are replaced. */
  readonly message: string;
}

/** The size is not known: the kernel ended git when the limit was reached. */
const TOO_LARGE =
  "{url} is larger than {limit}, the limit of one fetch. Keep large files elsewhere, and let the build download them; a " +
  "branch without them can be fetched whatever its history holds.";

/** The first that matches counts. */
const MEANINGS: readonly Meaning[] = [
  {
    // The kernel's limit on file sizes (SIGXFSZ), or on memory.
    pattern: /died of signal 25|File too large|Out of memory|malloc failed|exceeds maximum allowed size/i,
    problem: "too-large",
    message: TOO_LARGE,
  },
  {
    pattern: /No space left on device|Disk quota exceeded/i,
    problem: "other",
    message: "There is no space left on this machine's disk to fetch {url}.",
  },
  {
    pattern: /host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    problem: "refused",
    message:
      "The host of {url} shows another ssh host key than the one that is known. Ask its operator; then change the " +
      "connection's known hosts.",
  },
  {
    pattern: /remote ref .* not found|couldn't find remote ref/i,
    problem: "no-branch",
    message: "{url} has no branch {branch}.",
  },
  {
    pattern: /not our ref|unadvertised object|no such remote ref [0-9a-f]{40}/i,
    problem: "no-commit",
    message: "The commit is not in {url} any more.",
  },
  {
    pattern:
      /authentication failed|could not read (?:username|password)|terminal prompts disabled|permission denied|error: 40[13]\b|HTTP Basic: Access denied|invalid format|error in libcrypto/i,
    problem: "unauthorized",
    message:
      "{url} cannot be read with the credentials given: it is private, does not exist, or the connection may not read it. " +
      "Check the address and the connection.",
  },
  {
    pattern: /error: 30\d\b/i,
    problem: "address",
    message: "{url} points to another host. Use the address it leads to.",
  },
  {
    pattern:
      /repository '.*' not found|repository not found|does not appear to be a git repository|error: 4(?:04|10)\b|project you were looking for could not be found|info\/refs not valid|not a git repository/i,
    problem: "not-found",
    message: "There is no Git repository at {url}.",
  },
  {
    pattern:
      /could not resolve host|failed to connect|couldn't connect|connection (?:refused|reset|timed out|closed)|no route to host|network is unreachable|operation too slow|operation timed out|error: (?:5\d\d|429|408)\b|early EOF|unexpected disconnect|hung up unexpectedly|empty reply|recv failure|ssh: connect to host|kex_exchange_identification|transfer closed|RPC failed/i,
    problem: "unreachable",
    message: "The host of {url} did not answer as it should. It may be down; try again later.",
  },
  {
    pattern: /certificate|SSL/i,
    problem: "unreachable",
    message:
      "The certificate of the host of {url} is not trusted. Let this machine trust the authority that signed it.",
  },
  {
    pattern: /fsck error|invalid path|error: object [0-9a-f]+: \w+:|refusing to (?:create|fetch)/i,
    problem: "refused",
    message:
      "{url} holds damaged objects or names that git refuses for safety. `git fsck --strict` shows them.",
  },
  {
    // index-pack was killed without a word: by the limit on file sizes, or for want of memory.
    pattern: /invalid index-pack output/i,
    problem: "too-large",
    message: TOO_LARGE,
  },
  {
    pattern: /dumb http transport/i,
    problem: "address",
    message: "The host of {url} only serves files. Use a host that speaks git's smart HTTP.",
  },
];

export function explainGitFailure(
  stderr: string,
  names: { readonly url: string; readonly branch?: string; readonly bytesMax?: number },
): SourceError {
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(stderr));
  const problem = meaning?.problem ?? "other";
  const template = meaning?.message ?? `{url} cannot be read: git said ${quoteFatalLine(stderr)}.`;
  const message = template
    .replaceAll("{url}", () => names.url)
    .replaceAll("{branch}", () => JSON.stringify(names.branch ?? ""))
    .replaceAll("{limit}", () => (names.bytesMax === undefined ? "permitted" : inMiB(names.bytesMax)));
  return new SourceError(problem, message);
}

export function isUnadvertised(stderr: string): boolean {
  return /unadvertised object/i.test(stderr);
}

export function isRedirect(stderr: string): boolean {
  return /error: 30\d\b/.test(stderr);
}

export function inMiB(bytes: number): string {
  return `${Math.round((10 * bytes) / 1024 ** 2) / 10} MiB`;
}

/** Only lines of git itself; a server's begin with `remote:`. */
function quoteFatalLine(stderr: string): string {
  const line = stderr.split("\n").find((text) => /^(?:fatal|error): /.test(text)) ?? "nothing";
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const clean = line.replaceAll(/[\u0000-\u001f\u007f]/g, " ").replaceAll(/\b[a-z+]+:\/\/\S+/gi, "(address)");
  return JSON.stringify(clean.slice(0, 200));
}
