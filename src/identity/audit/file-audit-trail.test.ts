import { createSecretKey } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AuditedCall } from "../../domain/audit.ts";
import type { AuditCondition } from "../../ports/audit-trail.ts";
import { FileAuditTrail } from "./file-audit-trail.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 21, 10);
const key = createSecretKey(Buffer.alloc(32, 7));

let directory: string;
let settings: Map<string, string>;
let nowMs: number;
let problems: string[];
const open: FileAuditTrail[] = [];
const forgotten: FileAuditTrail[] = [];

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "audit-")), "audit");
  settings = new Map();
  nowMs = START_MS;
  problems = [];
});

afterEach(async () => {
  for (const trail of [...open.splice(0), ...forgotten.splice(0)]) await trail.close();
  rmSync(join(directory, ".."), { recursive: true, force: true });
});

async function openTrail(options: { bytesMax?: number; key?: typeof key } = {}): Promise<FileAuditTrail> {
  const trail = await FileAuditTrail.open({
    directory,
    key,
    anchors: {
      get: (name) => Promise.resolve(settings.get(name) ?? null),
      put: (name, value) => Promise.resolve(void settings.set(name, value)),
    },
    clock: { now: () => nowMs, sleep: () => Promise.resolve() },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  open.push(trail);
  return trail;
}

/** As SIGKILL leaves it: nothing is closed, anchored or flushed. */
function forget(trail: FileAuditTrail): void {
  forgotten.push(...open.splice(open.indexOf(trail), 1));
}

function call(eventName: string, fields: Partial<AuditedCall> = {}): AuditedCall {
  return {
    atMs: nowMs,
    requestId: "request",
    eventSource: "apprunner.amazonaws.com",
    eventName,
    isReadOnly: eventName.startsWith("List"),
    principalArn: "arn:aws:iam::000000000000:root",
    accessKeyId: "AKIAEXAMPLE",
    sourceAddress: "127.0.0.1",
    userAgent: "test",
    resources: [`arn:aws:apprunner:us-east-1:000000000000:service/${eventName.toLowerCase()}/0123`],
    errorCode: null,
    errorMessage: null,
    durationMs: 1,
    parameters: null,
    response: null,
    changedMembers: null,
    ...fields,
  };
}

async function write(trail: FileAuditTrail, ...names: readonly string[]): Promise<void> {
  for (const name of names) await trail.record(call(name), { mustLast: true });
}

async function names(
  trail: FileAuditTrail,
  conditions: readonly AuditCondition[] = [],
): Promise<readonly string[]> {
  const { records } = await lookup(trail, conditions);
  return records.map(({ eventName }) => eventName);
}

function lookup(trail: FileAuditTrail, conditions: readonly AuditCondition[] = []) {
  return trail.lookup({ startMs: 0, endMs: nowMs + DAY_MS, conditions, beforeSequence: null, limit: 50 });
}

function newestFile(): string {
  return join(directory, readdirSync(directory).toSorted().at(-1) ?? "");
}

function rewrite(change: (lines: string[]) => readonly string[]): void {
  const lines = readFileSync(newestFile(), "utf8").split("\n").slice(0, -1);
  writeFileSync(
    newestFile(),
    change(lines)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

test("what must last is in the file when it was recorded; the rest follows within a second, in order", async () => {
  const trail = await openTrail();
  await trail.record(call("ListServices"), { mustLast: false });
  await write(trail, "CreateService");
  expect(readFileSync(newestFile(), "utf8").split("\n")).toHaveLength(3);
  await trail.record(call("ListTags"), { mustLast: false });
  await expect.poll(() => readFileSync(newestFile(), "utf8")).toContain("ListTags");
  expect(await names(trail)).toEqual(["ListTags", "CreateService", "ListServices"]);
});

test("after a kill everything that must last is there, a torn line is cut off, and the chain goes on", async () => {
  const trail = await openTrail();
  await write(trail, "One", "Two");
  forget(trail);
  appendFileSync(newestFile(), "3\tabc");
  const again = await openTrail();
  await write(again, "Three");
  expect(await names(again)).toEqual(["Three", "Two", "One"]);
  expect(await again.verify()).toMatchObject({ recordCount: 3, firstSequence: 1, problemCount: 0 });
});

test("records are looked up by what CloudTrail looks up by", async () => {
  const trail = await openTrail();
  await write(trail, "CreateService", "DeleteService", "ListServices");
  const [newest] = (await lookup(trail)).records;
  const found = (attribute: AuditCondition["attribute"], value: string) =>
    names(trail, [{ attribute, value }]);
  expect(await found("EventName", "DeleteService")).toEqual(["DeleteService"]);
  expect(await found("EventName", "Delete")).toEqual([]);
  expect(await found("ReadOnly", "true")).toEqual(["ListServices"]);
  expect(await found("Username", "root")).toHaveLength(3);
  expect(await found("AccessKeyId", "AKIAOTHER")).toEqual([]);
  expect(await found("ResourceName", "deleteservice")).toEqual(["DeleteService"]);
  expect(await found("ResourceType", "AWS::AppRunner::Service")).toHaveLength(3);
  expect(await found("EventId", newest?.id ?? "")).toEqual(["ListServices"]);
  await trail.record(call("PauseService", { errorCode: "AccessDeniedException" }), { mustLast: true });
  expect(await found("Outcome", "Failure")).toEqual(["PauseService"]);
  expect(await found("Outcome", "Success")).toHaveLength(3);
});

test("pages go on where the one before ended, over files and days", async () => {
  const trail = await openTrail();
  for (let day = 0; day < 3; day++, nowMs += DAY_MS) await write(trail, `A${day}`, `B${day}`);
  const found: string[] = [];
  let beforeSequence: number | null = null;
  do {
    const page = await trail.lookup({ startMs: 0, endMs: nowMs, conditions: [], beforeSequence, limit: 4 });
    found.push(...page.records.map(({ eventName }) => eventName));
    beforeSequence = page.beforeSequence;
  } while (beforeSequence !== null);
  expect(found).toEqual(["B2", "A2", "B1", "A1", "B0", "A0"]);
  const second = { startMs: START_MS + DAY_MS, endMs: START_MS + DAY_MS, conditions: [], limit: 50 };
  const page = await trail.lookup({ ...second, beforeSequence: null });
  expect(page.records.map(({ eventName }) => eventName)).toEqual(["B1", "A1"]);
});

test.each<[string, (lines: string[]) => readonly string[], object]>([
  [
    "changed",
    (lines) => lines.with(1, (lines[1] ?? "").replace("Two", "Too")),
    { kind: "changed", sequence: 2 },
  ],
  ["removed", (lines) => lines.toSpliced(1, 1), { kind: "missing", sequence: 2 }],
  ["cut off", (lines) => lines.slice(0, 2), { kind: "missing", sequence: 3 }],
  ["put in", (lines) => lines.toSpliced(1, 0, lines[0] ?? ""), { kind: "out of order", sequence: 1 }],
  ["exchanged", (lines) => lines.toReversed(), { kind: "missing", sequence: 1 }],
  ["made nonsense", (lines) => lines.with(1, "nonsense"), { kind: "changed", sequence: 2 }],
])("a record that was %s is found, and where", async (_what, change, problem) => {
  const trail = await openTrail();
  await write(trail, "One", "Two", "Three");
  expect((await trail.verify()).problems).toEqual([]);
  rewrite(change);
  expect((await trail.verify()).problems[0]).toMatchObject(problem);
});

test.each([
  ["a file of its own", () => join(directory, "000000000900-2026-11-21.log"), 900],
  ["the newest file", () => newestFile(), 4],
])(
  "a record that was put in behind the newest, in %s, is found while all goes on",
  async (_where, file, sequence) => {
    const trail = await openTrail();
    await write(trail, "One", "Two", "Three");
    const line = readFileSync(newestFile(), "utf8").split("\n")[0] ?? "";
    appendFileSync(file(), `${line.replace("1", String(sequence))}\n`);
    expect((await trail.verify()).problems).toEqual([
      expect.objectContaining({ kind: "out of order", sequence }),
    ]);
  },
);

test("a line that is no call hides no other", async () => {
  const trail = await openTrail();
  await write(trail, "One");
  appendFileSync(newestFile(), `2\t${"A".repeat(43)}\t{"atMs":${nowMs}}\n`);
  const query = { startMs: 0, endMs: nowMs, beforeSequence: null, limit: 5 };
  const conditions: readonly AuditCondition[] = [{ attribute: "ResourceType", value: "a" }];
  expect(await names(trail)).toEqual(["One"]);
  expect((await trail.lookup({ ...query, conditions })).records).toEqual([]);
});

test("what is recorded during a check is no problem of it", async () => {
  const trail = await openTrail();
  await write(trail, "One");
  const [verdict] = await Promise.all([trail.verify(), write(trail, "Two", "Three"), write(trail, "Four")]);
  expect(verdict.problems).toEqual([]);
});

test("a packed file that was damaged hides no other, keeps nobody from starting, and is told of", async () => {
  const trail = await openTrail();
  await write(trail, "Old");
  nowMs += DAY_MS;
  await write(trail, "New");
  // Packing ends first.
  await trail.verify();
  const old = join(directory, readdirSync(directory).toSorted()[0] ?? "");
  await trail.close();
  open.length = 0;
  for (const file of readdirSync(directory)) rmSync(join(directory, file));
  writeFileSync(`${old.replace(/\.zst$/, "")}.zst`, "nonsense");
  const again = await openTrail();
  await write(again, "Newer");
  expect(await names(again)).toEqual(["Newer"]);
  expect((await again.verify()).problems[0]).toMatchObject({ kind: "changed", sequence: 1 });
});

test("a chain that was made anew without the key does not hold", async () => {
  const trail = await openTrail({ key: createSecretKey(Buffer.alloc(32, 8)) });
  await write(trail, "One", "Two");
  await trail.close();
  open.length = 0;
  const genuine = await openTrail();
  const { problems: found } = await genuine.verify();
  expect(found.map(({ kind, sequence }) => `${kind} ${sequence}`)).toEqual([
    "anchor 0",
    "changed 1",
    "changed 2",
  ]);
});

test("what was cut off while nobody ran is missing for good, by the database's word", async () => {
  const trail = await openTrail();
  await write(trail, "One", "Two", "Three");
  await trail.close();
  open.length = 0;
  rewrite((lines) => lines.slice(0, 1));
  const again = await openTrail();
  expect(problems).toEqual([expect.stringContaining("missing at the end")]);
  await write(again, "Four");
  const verdict = await again.verify();
  expect(verdict.problems).toEqual([expect.objectContaining({ kind: "missing", sequence: 2 })]);
  expect(verdict.head?.sequence).toBe(4);
});

test("the oldest day goes after ninety days, one at a time, and the rest still holds", async () => {
  const trail = await openTrail();
  const end = new AbortController();
  for (let day = 0; day < 3; day++, nowMs += DAY_MS) await write(trail, `Day${day}`);
  // What the new files set going ends first.
  await trail.verify();
  forget(trail);
  const later = await openTrail();
  nowMs = START_MS + 92 * DAY_MS;
  const running = later.run(end.signal);
  await expect.poll(() => names(later)).toEqual(["Day2", "Day1"]);
  expect(await later.verify()).toMatchObject({ recordCount: 2, firstSequence: 2, problemCount: 0 });
  end.abort();
  await running;
  forget(later);
  const again = await openTrail();
  expect(await again.verify()).toMatchObject({ firstSequence: 2, problemCount: 0 });
});

test("old files are packed and go when there is too much", async () => {
  const trail = await openTrail({ bytesMax: 1200 });
  for (let day = 0; day < 5; day++, nowMs += DAY_MS) await write(trail, `Day${day}`);
  const end = new AbortController();
  const running = trail.run(end.signal);
  await expect
    .poll(() => readdirSync(directory).filter((name) => name.endsWith(".zst")).length)
    .toBeLessThan(4);
  end.abort();
  await running;
  const verdict = await trail.verify();
  expect(verdict.problemCount).toBe(0);
  expect(verdict.firstSequence).toBeGreaterThan(1);
  expect((await names(trail))[0]).toBe("Day4");
});

test("a disk that refuses stops nobody; what waited is written later, and what was too much is counted", async () => {
  const trail = await openTrail();
  await write(trail, "Before");
  nowMs += DAY_MS;
  // The next day's file cannot be made.
  rmSync(directory, { recursive: true });
  await write(trail, "Meanwhile");
  expect(problems).toEqual([expect.stringContaining("cannot be written")]);
  for (let count = 0; count < 10_002; count++) void trail.record(call("ListServices"), { mustLast: false });
  mkdirSync(directory);
  await expect.poll(() => names(trail, [{ attribute: "EventName", value: "Meanwhile" }])).toHaveLength(1);
  const [lost] = (await lookup(trail)).records;
  expect(lost).toMatchObject({ eventName: "AuditRecordsLost", parameters: { count: 3 } });
  expect((await trail.verify()).problems).toEqual([
    expect.objectContaining({ kind: "missing", sequence: 1 }),
  ]);
});

test("a file that is taken away while it is written to is replaced, and what it held is missing", async () => {
  const trail = await openTrail();
  await write(trail, "One");
  rmSync(newestFile());
  const end = new AbortController();
  const running = trail.run(end.signal);
  await expect.poll(async () => (await write(trail, "Two"), await names(trail))).toContain("Two");
  end.abort();
  await running;
  expect((await trail.verify()).problems[0]).toMatchObject({ kind: "missing", sequence: 1 });
});
