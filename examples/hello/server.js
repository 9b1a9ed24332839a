// A small web application without dependencies: says hello, shows where it runs and what reached it.
import { createServer } from "node:http";
import { hostname } from "node:os";

const port = Number(process.env.PORT ?? 8080);
const greeting = process.env.GREETING ?? "Hello from Slipway";
const version = process.env.APP_VERSION ?? "1";
const startedAt = new Date();
// Shown by name only: values may be secrets.
const ownVariables = new Set(["GREETING", "APP_VERSION", "PORT", "NODE_ENV"]);
let requests = 0;

const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const table = (rows) =>
  `<table>${rows.map(([key, value]) => `<tr><th>${escape(key)}</th><td>${escape(value)}</td></tr>`).join("")}</table>`;

function facts() {
  return {
    greeting,
    version,
    hostname: hostname(),
    node: process.version,
    startedAt: startedAt.toISOString(),
    requests,
    variables: Object.keys(process.env).sort(),
  };
}

function page(request) {
  const { variables, ...rest } = facts();
  const shown = variables.map((name) => [name, ownVariables.has(name) ? process.env[name] : "•••"]);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(greeting)}</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --accent: #0d7a8c; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { font-size: 2.4rem; margin-bottom: .2rem; } h2 { font-size: 1rem; margin-top: 2rem; color: var(--accent); }
  table { border-collapse: collapse; width: 100%; font: 14px/1.4 ui-monospace, monospace; }
  th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); word-break: break-all; }
  th { width: 12rem; font-weight: normal; opacity: .7; vertical-align: top; }
</style></head><body>
<h1>${escape(greeting)}</h1><p>An image in, a URL out.</p>
<h2>This instance</h2>${table(Object.entries(rest))}
<h2>Its variables</h2>${table(shown)}
<h2>Your request</h2>${table([["request", `${request.method} ${request.url}`], ...Object.entries(request.headers)])}
</body></html>
`;
}

function answer(response, status, type, body) {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

const server = createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/health") return answer(response, 200, "text/plain; charset=utf-8", "ok\n");
  requests += 1;
  console.log(`${request.method} ${path}`);
  if (path === "/") return answer(response, 200, "text/html; charset=utf-8", page(request));
  if (path === "/json") {
    const body = JSON.stringify({ ...facts(), method: request.method, headers: request.headers }, null, 2);
    return answer(response, 200, "application/json", `${body}\n`);
  }
  return answer(response, 404, "text/plain; charset=utf-8", "Not found. There are /, /json and /health.\n");
});

server.listen(port, () => console.log(`listening on port ${port}`));

// A stop is announced with SIGTERM: answer what is under way, then go.
process.on("SIGTERM", () => {
  console.log("stopping");
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
