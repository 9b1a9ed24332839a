/** Bytes that are nearly HTTP, for real HAProxy: it answers as it should, or hangs up, and nobody gets what is another's. */
import { expect, test } from "vitest";
import { exchangeRaw } from "../../src/edge/testing/client.ts";
import { signal, Workbench } from "../../src/edge/testing/workbench.ts";
import { Chance } from "./chance.ts";
import { damaged, nastyText } from "./hostile-text.ts";

const SHOP = "shop.us-east-1.slipway.test";
const BLOG = "blog.us-east-1.slipway.test";
const REQUESTS = 3_000;
const AT_ONCE = 24;
const QUIET_MS = 150;
const FIRST_FAULT = 500;

const METHODS = ["GET", "POST", "OPTIONS", "CONNECT", "TRACE", "PRI", "get", "G\0T", ""];
const TARGETS = ["/", "*", `http://${SHOP}/`, `http://${BLOG}@${SHOP}/`, "//", "/%2e%2e/", "/?a=b#c", "\\"];
const HEADERS = [
  "Content-Length: 5",
  "Content-Length: 5, 6",
  "Content-Length: -1",
  "Content-Length: 18446744073709551617",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: xchunked, chunked",
  "Transfer-Encoding: identity",
  "Expect: 100-continue",
  "Upgrade: websocket\r\nConnection: upgrade",
  "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
  "X-Forwarded-For: 127.0.0.1",
  "X-Forwarded-Host: evil.test",
  " folded: yes",
  "Range: bytes=0-0,1-1,-1",
  "Cookie: a=b; c",
];
const BODIES = [
  "",
  "hello",
  "5\r\nhello\r\n0\r\n\r\n",
  "ffffffffffffffff\r\nx",
  "0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
];

test("whatever comes, the edge goes on, without a fault and without mixing services up", async () => {
  const bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 4 }, signal);
  await bench.serve(1, await bench.origin("shop"));
  await bench.serve(2, await bench.origin("blog"));
  await bench.route(SHOP, 1);
  await bench.route(BLOG, 2);
  const { worker } = await bench.pids();
  const seed = Math.trunc(Math.random() * 2 ** 32);
  const chance = new Chance(seed);
  const wrong: object[] = [];
  const seen = new Set<number>();
  for (let sent = 0; sent < REQUESTS && wrong.length === 0; sent += AT_ONCE) {
    const requests = Array.from({ length: AT_ONCE }, () => hostileRequest(chance));
    const answers = await Promise.all(
      requests.map((bytes) => exchangeRaw(bench.port, bytes, QUIET_MS).catch(() => "")),
    );
    for (const status of answers.flatMap(statusesOf)) seen.add(status);
    wrong.push(
      ...answers.flatMap((answer, index) => (isRight(answer) ? [] : [{ request: requests[index], answer }])),
    );
  }
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  // They came far enough to be right, and to be refused.
  expect([...seen]).toEqual(expect.arrayContaining([200, 400, 404]));
  expect((await bench.pids()).worker).toBe(worker);
  expect([(await bench.get(SHOP)).body, (await bench.get(BLOG)).body]).toEqual(["shop", "blog"]);
  await bench.dispose();
});

/** To a name that is nearly the shop's; nobody asks for the other one by a Host header. */
function hostileRequest(chance: Chance): string {
  const host = chance.oneIn(3) ? SHOP : oneLine(damaged(SHOP, chance));
  const method = chance.oneIn(2) ? "GET" : chance.pick(METHODS);
  const target = chance.oneIn(2) ? chance.pick(TARGETS) : oneLine(nastyText(chance));
  const version = chance.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "http/1.1", ""]);
  const headers = HEADERS.filter(() => chance.oneIn(5)).concat(
    chance.oneIn(6) ? [`Host: ${SHOP}:${chance.below(70_000)}`] : [],
  );
  const head = [`${method} ${target} ${version}`, `Host: ${host}`, ...headers, "Connection: close"].join(
    "\r\n",
  );
  const whole = `${head}\r\n\r\n${chance.pick(BODIES)}`;
  return chance.oneIn(5) ? damaged(whole, chance) : whole;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, "");
}

/** Nothing, when it hung up; else no fault, and never what belongs to the other service. */
function isRight(answer: string): boolean {
  if (answer === "") return true;
  const statuses = statusesOf(answer);
  const isFault = statuses.some((status) => status >= FIRST_FAULT);
  return statuses.length > 0 && !isFault && !answer.endsWith("\r\n\r\nblog");
}

function statusesOf(answer: string): readonly number[] {
  return [...answer.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map((match) => Number(match[1]));
}
