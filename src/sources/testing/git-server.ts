/** A Git host for tests: `git http-backend` behind a small HTTP server that can also misbehave. */
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TEST_GIT_ENVIRONMENT } from "./test-repository.ts";

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** Each request's path and authorization, oldest first. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
}

export interface GitServerOptions {
  /** Directory of bare repositories. */
  readonly root: string;
  /** `user:password`; asked for on every path. */
  readonly login?: string;
  /** Answers instead of git; false: git answers. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const requests: GitServer["requests"] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    requests.push({ path: request.url ?? "", authorization });
    const expected =
      options.login === undefined ? null : `Basic ${Buffer.from(options.login).toString("base64")}`;
    if (expected !== null && authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
    } else if (options.answer?.(request, response) !== true) serveGit(options, request, response);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serveGit(options: GitServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://host");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...TEST_GIT_ENVIRONMENT,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROJECT_ROOT: options.root,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      ...options.environment,
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    child.stdout.off("data", onHead);
    const lines = head.toString("latin1", 0, end).split("\r\n");
    const headers = Object.fromEntries(lines.map((line) => line.split(": ") as [string, string]));
    response.writeHead(Number.parseInt(headers["Status"] ?? "200", 10), headers);
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  };
  child.stdout.on("data", onHead);
  response.on("close", () => child.kill());
}
