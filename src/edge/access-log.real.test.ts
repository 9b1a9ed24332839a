/** The lines of the access log, as real HAProxy sends them. */
import { chmod } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exchangeRaw, until } from "./testing/client.ts";
import { signal, Workbench } from "./testing/workbench.ts";

const FIELDS = 17;

let bench: Workbench;
let reader: Server;
let received = "";

/** Each line comes as `<length> <line>`. */
function lines(): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (let rest = received, head; (head = /^(\d+) /.exec(rest)) !== null;) {
    const end = head[0].length + Number(head[1]);
    found.push(rest.slice(head[0].length, end).trimEnd().split("\t"));
    rest = rest.slice(end);
  }
  return found;
}

async function lineOf(path: string): Promise<readonly string[]> {
  const find = () => lines().find((line) => line[7] === path);
  await until(() => find()?.length === FIELDS, `a whole line of ${path}`);
  return find() ?? [];
}

beforeAll(async () => {
  bench = await Workbench.create({ hasAccessLog: true });
  await bench.edge.prepare({ minimumSlots: 16 }, signal);
  reader = createServer((socket) => {
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((done) => reader.listen(bench.layout.logSocket, done));
  await chmod(bench.layout.logSocket, 0o666);
  await bench.serve(1, await bench.origin("logged"));
  await bench.route("logged.test", 1);
});
afterAll(async () => {
  await bench.dispose();
  reader.close();
});

it("tells who asked whom for what, and how it ended", async () => {
  await bench.get("Logged.test:80", "/plain?secret=1");
  const line = await lineOf("/plain");
  expect(line.slice(1, 9)).toEqual([
    "127.0.0.1",
    "http",
    "Logged.test:80",
    "slot_1",
    "logged",
    "GET",
    "/plain",
    "200",
  ]);
});

it("gives a tab in the host no fields of its own", async () => {
  await exchangeRaw(bench.port, "GET /tab HTTP/1.1\r\nHost: a\tslot_1\tforged\r\nConnection: close\r\n\r\n");
  const line = await lineOf("/tab");
  expect(line.slice(3, 6)).toEqual(["a#09slot_1#09forged", "named", "<NOSRV>"]);
});

it("has the host and the request id that the instance saw, also behind a gate", async () => {
  await bench.gate("logged.test", 1, "watched");
  const answer = await bench.get("logged.test", "/headers");
  const seen = JSON.parse(answer.body) as Record<string, string>;
  const line = await lineOf("/headers");
  expect([line[3], line[16]]).toEqual(["logged.test", seen["x-request-id"]]);
});
