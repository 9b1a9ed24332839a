/**
 * nginx as a reverse proxy with kept connections to the origin and its access log in a file. `nginx` does nothing else;
 * `nginx-headers` also sets the forwarded headers and a request id, and logs host and id, which is what the edge does.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startBackground } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";
import type { Contender, Surroundings } from "./contender.ts";

const HEADERS = `
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Request-Id $request_id;`;

const LONG_LOG =
  `log_format long '$msec\\t$remote_addr\\t$host\\t$upstream_addr\\t$request_method\\t$uri\\t$status\\t$bytes_sent\\t` +
  `$upstream_connect_time\\t$upstream_header_time\\t$request_time\\t$request_id';`;

export async function startNginx(
  name: "nginx" | "nginx-headers",
  surroundings: Surroundings,
  cleanup: Cleanup,
): Promise<Contender> {
  const port = await freePort();
  const prefix = join(surroundings.directory, name);
  mkdirSync(prefix);
  const file = join(prefix, "nginx.conf");
  writeFileSync(file, render({ port, prefix, surroundings, hasHeaders: name === "nginx-headers" }));
  const command = ["nginx", "-p", prefix, "-e", "stderr", "-c", file];
  const pid = await startBackground(command, { listensOn: { port } }, cleanup);
  return { name, port, processes: [pid], logLines: null };
}

function render(options: {
  readonly port: number;
  readonly prefix: string;
  readonly surroundings: Surroundings;
  readonly hasHeaders: boolean;
}): string {
  const { port, prefix, surroundings, hasHeaders } = options;
  return `daemon off;
pid ${prefix}/nginx.pid;
error_log stderr warn;
worker_processes ${availableParallelism()};
events { worker_connections 4000; }
http {
  ${hasHeaders ? LONG_LOG : ""}
  access_log ${prefix}/access.log ${hasHeaders ? "long" : "combined"};
  client_body_temp_path ${prefix}/body;
  proxy_temp_path ${prefix}/proxy;
  fastcgi_temp_path ${prefix}/fastcgi;
  scgi_temp_path ${prefix}/scgi;
  uwsgi_temp_path ${prefix}/uwsgi;
  keepalive_requests 100000000;
  upstream origin {
    server 127.0.0.1:${surroundings.origin.port};
    keepalive 128;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    server_name ${surroundings.host};
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;${hasHeaders ? HEADERS : ""}
    }
  }
}
`;
}
