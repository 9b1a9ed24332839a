/**
 * The application of test images: one small HTTP server that can do everything a test wants to see. No dependencies.
 *
 * Environment: PORT or LISTEN_PORT (wins), VERSION, START_DELAY_MS, EXIT_CODE_AT_START, OOM_AT_START,
 * UNHEALTHY_AT_START (until /toggle-health), FAIL_HEALTH_AFTER_MS. FAIL_STARTS_FROM_MS and FAIL_STARTS_UNTIL_MS (since 1970): a start in between ends with code 1.
 */
"use strict";
const { createHash } = require("node:crypto");
const http = require("node:http");
const net = require("node:net");
const os = require("node:os");

const environment = process.env;
const port = Number(environment.LISTEN_PORT ?? environment.PORT ?? 8080);
const version = environment.VERSION ?? "unversioned";
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

let isHealthy = environment.UNHEALTHY_AT_START === undefined;
let isEnding = false;
let count = 0;
const hoard = [];
const eventStreams = new Set();

const text = (response, status, body) =>
  response.writeHead(status, { "content-type": "text/plain" }).end(body);
const json = (response, value) =>
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
const number = (url, name, fallback) => Number(url.searchParams.get(name) ?? fallback);

/** path → (response, url, request) */
const routes = {
  "/": (response) => text(response, isHealthy ? 200 : 500, `${version} from ${os.hostname()}\n`),
  "/health": (response) => text(response, isHealthy ? 200 : 500, isHealthy ? "healthy\n" : "unhealthy\n"),
  "/toggle-health": (response) => {
    isHealthy = !isHealthy;
    text(response, 200, `${isHealthy}\n`);
  },
  "/slow": (response, url) =>
    setTimeout(() => text(response, 200, `${version} slow\n`), number(url, "ms", 1_000)),
  "/env": (response) => json(response, environment),
  /** The arguments after the script's name. */
  "/argv": (response) => json(response, process.argv.slice(2)),
  "/headers": (response, _url, request) => json(response, request.headers),
  "/echo": (response, _url, request) => {
    response.writeHead(200, {
      "content-type": request.headers["content-type"] ?? "application/octet-stream",
    });
    request.pipe(response);
  },
  "/exit": (response, url) => {
    text(response, 200, "ending\n");
    response.on("finish", () => process.exit(number(url, "code", 0)));
  },
  "/oom": (response) => {
    text(response, 200, "eating memory\n");
    eatMemory();
  },
  /** Writes `lines` numbered lines, `bytes` characters each, or with `json` as objects of which each tenth is an error, to stdout or stderr; answers when they are written. */
  "/log": (response, url) => {
    const stream = url.searchParams.get("stream") === "stderr" ? process.stderr : process.stdout;
    const first = number(url, "from", 1);
    const filler = "x".repeat(number(url, "bytes", 0));
    const lineOf = (n) =>
      url.searchParams.has("json")
        ? JSON.stringify({ level: n % 10 === 0 ? "error" : "info", n })
        : `line ${n} ${filler}`.trimEnd();
    const lines = Array.from({ length: number(url, "lines", 1) }, (_, index) => lineOf(first + index));
    stream.write(`${lines.join("\n")}\n`, () => text(response, 200, `${lines.length}\n`));
  },
  "/sse": (response, url) => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    let count = 0;
    const timer = setInterval(
      () => response.write(`data: ${version} ${(count += 1)}\n\n`),
      number(url, "every", 100),
    );
    eventStreams.add(response);
    response.on("close", () => {
      clearInterval(timer);
      eventStreams.delete(response);
    });
  },
  /** Tries a TCP connection from inside: what can this instance reach? */
  "/connect": (response, url) => {
    const socket = net.connect({ host: url.searchParams.get("host"), port: number(url, "port", 80) });
    const answer = (result) => {
      socket.destroy();
      if (!response.writableEnded) json(response, { result });
    };
    socket.setTimeout(number(url, "ms", 3_000), () => answer("timeout"));
    socket.on("connect", () => answer("connected"));
    socket.on("error", (error) => answer(error.code));
  },
  /** Asks another service: connects to `host` and `port`, and gives `name` as the one it means. */
  "/call": (response, url) => {
    const target = { host: url.searchParams.get("host"), port: number(url, "port", 80), path: "/" };
    const headers = { host: url.searchParams.get("name") };
    const call = http.get({ ...target, headers }, (reply) => {
      response.writeHead(reply.statusCode);
      reply.pipe(response);
    });
    call.setTimeout(number(url, "ms", 3_000), () => call.destroy(new Error("timeout")));
    call.on("error", (error) => text(response, 502, `${error.code ?? error.message}\n`));
  },
  /** How often it was asked since it was started. */
  "/count": (response) => text(response, 200, String((count += 1))),
  /** Computes in `threads` threads for `ms`, however little it gets done; answers then. */
  "/burn": (response, url) => burn(response, number(url, "ms", 1_000), number(url, "threads", 1)),
  /** Starts processes that only sleep until one fails, or until `count`. */
  "/fork": (response, url) => fork(response, number(url, "count", 100)),
};

function eatMemory() {
  setInterval(() => hoard.push(Buffer.alloc(32 * 1_024 * 1_024, hoard.length + 1)), 1);
}

function burn(response, ms, threads) {
  const { Worker } = require("node:worker_threads");
  const code = `const endMs = ${Date.now() + ms}; while (Date.now() < endMs);`;
  const ended = (thread) => new Promise((resolve) => thread.on("exit", resolve));
  const all = Array.from({ length: threads }, () => ended(new Worker(code, { eval: true })));
  void Promise.all(all).then(() => text(response, 200, "burnt\n"));
}

function fork(response, count) {
  const { spawn } = require("node:child_process");
  const children = [];
  const finish = (problem) => {
    for (const child of children) child.kill("SIGKILL");
    if (!response.writableEnded) json(response, { started: children.length, problem });
  };
  const next = () => {
    if (children.length >= count) return finish(null);
    try {
      const child = spawn("/pause", { stdio: "ignore" });
      child.on("error", (error) => finish(error.code));
      child.on("spawn", () => children.push(child) && setImmediate(next));
    } catch (error) {
      finish(error.code);
    }
  };
  next();
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://instance");
  const status = /^\/status\/(\d{3})$/.exec(url.pathname);
  if (isEnding) response.setHeader("connection", "close");
  response.setHeader("x-instance", os.hostname());
  if (status !== null) return text(response, Number(status[1]), `status ${status[1]}\n`);
  const route = routes[url.pathname];
  return route === undefined ? text(response, 404, "no such path\n") : route(response, url, request);
});

/** Echoes WebSocket messages: short frames (up to 65,535 bytes), no fragments. */
server.on("upgrade", (request, socket) => {
  const key = createHash("sha1")
    .update(request.headers["sec-websocket-key"] + WEBSOCKET_GUID)
    .digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
  let rest = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    rest = echoFrames(Buffer.concat([rest, chunk]), socket);
  });
});

function echoFrames(bytes, socket) {
  let rest = bytes;
  for (;;) {
    const frame = readFrame(rest);
    if (frame === null) return rest;
    rest = rest.subarray(frame.length);
    const CLOSE = 0x8;
    const PING = 0x9;
    const PONG = 0xa;
    if (frame.opcode === CLOSE) socket.end(writeFrame(CLOSE, frame.payload));
    else if (frame.opcode !== PONG)
      socket.write(writeFrame(frame.opcode === PING ? PONG : frame.opcode, frame.payload));
  }
}

function readFrame(bytes) {
  if (bytes.length < 2) return null;
  const isLong = (bytes[1] & 0x7f) === 126;
  const header = (isLong ? 4 : 2) + 4; // clients always mask
  if (bytes.length < header) return null;
  const size = isLong ? bytes.readUInt16BE(2) : bytes[1] & 0x7f;
  if (bytes.length < header + size) return null;
  const mask = bytes.subarray(header - 4, header);
  const payload = Buffer.from(
    bytes.subarray(header, header + size).map((byte, index) => byte ^ mask[index % 4]),
  );
  return { opcode: bytes[0] & 0x0f, payload, length: header + size };
}

function writeFrame(opcode, payload) {
  const isLong = payload.length > 125;
  const header = Buffer.alloc(isLong ? 4 : 2);
  header[0] = 0x80 | opcode;
  header[1] = isLong ? 126 : payload.length;
  if (isLong) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** Finishes what is in flight, then ends; streams are ended at once. */
process.on("SIGTERM", () => {
  isEnding = true;
  console.log("SIGTERM: finishing requests in flight");
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  for (const stream of eventStreams) stream.end();
});

function start() {
  if (environment.EXIT_CODE_AT_START !== undefined) {
    console.error(`ending at start as asked, code ${environment.EXIT_CODE_AT_START}`);
    process.exit(Number(environment.EXIT_CODE_AT_START));
  }
  if (
    Date.now() > Number(environment.FAIL_STARTS_FROM_MS) &&
    Date.now() < Number(environment.FAIL_STARTS_UNTIL_MS)
  ) {
    console.error("ending at start as asked, for a while");
    process.exit(1);
  }
  if (environment.OOM_AT_START !== undefined) return eatMemory();
  server.keepAliveTimeout = 65_000;
  server.listen(port, "0.0.0.0", () => console.log(`${version} listens on ${port}`));
  if (environment.FAIL_HEALTH_AFTER_MS !== undefined) {
    setTimeout(() => (isHealthy = false), Number(environment.FAIL_HEALTH_AFTER_MS));
  }
}

setTimeout(start, Number(environment.START_DELAY_MS ?? 0));
