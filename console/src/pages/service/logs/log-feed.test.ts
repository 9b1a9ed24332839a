import { expect, test } from "vitest";
import { aheadOf, LogFeed } from "./log-feed.ts";
import { type LogQuery, LogSource } from "./log-source.ts";

const QUERY: LogQuery = { group: "g", stream: null, pattern: "", startMs: 0, endMs: null };

/** A page of the API holds no more. */
const PAGE_LENGTH = 1024 * 1024;
const LONGEST_LINE = 262_144;

/** A log of the API's: pages forwards, in the order of times. */
class FakeLog {
  readonly written: { readonly atMs: number; readonly id: string }[] = [];
  calls = 0;

  readonly #lineLength: number;

  constructor(lineLength = 0) {
    this.#lineLength = lineLength;
  }

  write(atMs: number, count = 1): void {
    for (let n = 0; n < count; n++) this.written.push({ atMs, id: `line ${this.written.length}` });
  }

  source(query: Partial<LogQuery> = {}): LogSource {
    return new LogSource({ ...QUERY, ...query }, async (input) => {
      this.calls++;
      const { startTime = 0, endTime = Infinity, nextToken } = input;
      const limit = Math.min(input.limit ?? 10_000, Math.floor(PAGE_LENGTH / this.#lineLength));
      const fitting = this.written
        .filter(({ atMs }) => atMs >= startTime && atMs <= endTime)
        .sort((left, right) => left.atMs - right.atMs);
      const from = Number(nextToken ?? 0);
      const events = fitting.slice(from, from + limit).map(({ atMs, id }) => ({
        eventId: id,
        timestamp: atMs,
        ingestionTime: atMs,
        logStreamName: "instance/1",
        message: id.padEnd(this.#lineLength),
      }));
      const isMore = from + limit < fitting.length;
      return { events, searchedLogStreams: [], ...(isMore && { nextToken: String(from + limit) }) };
    });
  }
}

function texts(feed: LogFeed): readonly string[] {
  return feed.state().lines.map(({ text }) => text);
}

async function untilBeginning(feed: LogFeed): Promise<void> {
  while (feed.state().hasOlder) await feed.loadOlder();
}

test("opened at the end it has the last lines, and going back brings each of the others once", async () => {
  const log = new FakeLog();
  for (let n = 0; n < 5_000; n++) log.write(1_000_000 + n * 700, 2);
  const feed = new LogFeed(log.source(), () => 1_000_000 + 5_000 * 700);
  await feed.openAtEnd();
  expect(texts(feed).at(-1)).toBe("line 9999");
  expect(feed.state().lines.length).toBeLessThan(10_000);
  await untilBeginning(feed);
  expect(texts(feed)).toEqual(log.written.map(({ id }) => id));
});

test("a burst in one moment is taken whole, and a silence of years is crossed in few steps", async () => {
  const log = new FakeLog();
  log.write(5);
  log.write(1_700_000_000_000, 7_000);
  const feed = new LogFeed(log.source(), () => 1_700_000_000_500);
  await feed.openAtEnd();
  await untilBeginning(feed);
  expect(texts(feed).length).toBe(7_001);
  expect(log.calls).toBeLessThan(80);
});

test("what is kept is bounded, whichever way one goes, and nothing is lost or doubled on the way back", async () => {
  const log = new FakeLog();
  for (let n = 0; n < 6_000; n++) log.write(n);
  const feed = new LogFeed(log.source(), () => 6_000, { lines: 3_000, length: 1e9 });
  await feed.openAtEnd();
  while (feed.state().hasOlder) {
    await feed.loadOlder();
    expect(texts(feed).length).toBeLessThanOrEqual(3_000);
  }
  expect(texts(feed)[0]).toBe("line 0");
  expect(feed.state().hasNewer).toBe(true);
  while (feed.state().hasNewer) await feed.loadNewer();
  expect(texts(feed).at(-1)).toBe("line 5999");
  expect(texts(feed).length).toBe(3_000);
  expect(new Set(texts(feed)).size).toBe(3_000);
  await untilBeginning(feed);
  expect(texts(feed)).toEqual(log.written.slice(0, 3_000).map(({ id }) => id));
});

test("new lines are appended once, late ones where they belong", async () => {
  const log = new FakeLog();
  log.write(1_000, 2);
  const feed = new LogFeed(log.source(), () => 1_500);
  await feed.openAtEnd();
  log.write(2_000);
  await feed.poll(true);
  log.write(1_900);
  log.write(2_000);
  await feed.poll(true);
  await feed.poll(true);
  expect(texts(feed)).toEqual(["line 0", "line 1", "line 3", "line 2", "line 4"]);
  expect(feed.state().unseen).toBe(0);
});

test("a log that begins while one waits is followed from its first line", async () => {
  const log = new FakeLog();
  const feed = new LogFeed(log.source(), () => 1_000);
  await feed.openAtEnd();
  expect(feed.state()).toMatchObject({ lines: [], hasOlder: false });
  log.write(1_100);
  await feed.poll(true);
  expect(texts(feed)).toEqual(["line 0"]);
});

test("who has scrolled away keeps what they see, and is told how much came", async () => {
  const log = new FakeLog();
  log.write(1_000, 900);
  const feed = new LogFeed(log.source(), () => 1_500, { lines: 1_000, length: 1e9 });
  await feed.openAtEnd();
  log.write(1_600, 50);
  await feed.poll(false);
  expect(feed.state()).toMatchObject({ unseen: 50, hasNewer: false });
  log.write(1_700, 70);
  await feed.poll(false);
  expect(feed.state()).toMatchObject({ unseen: 120, hasNewer: true });
  expect(texts(feed)[0]).toBe("line 0");
  await feed.openAtEnd();
  expect(texts(feed).at(-1)).toBe("line 1019");
  expect(feed.state().unseen).toBe(0);
});

test("a flood is passed over by who follows the end, and is above it", async () => {
  const log = new FakeLog();
  log.write(1_000);
  const feed = new LogFeed(log.source(), () => 61_500);
  await feed.openAtEnd();
  for (let n = 0; n < 50_000; n++) log.write(1_000 + n);
  await feed.poll(true);
  while (texts(feed).length === 0) await feed.loadOlder();
  expect(texts(feed).at(-1)).toBe("line 50000");
  expect(log.calls).toBeLessThan(30);
  const { length } = texts(feed);
  await feed.loadOlder();
  expect(texts(feed).length).toBeGreaterThan(length);
  const numbers = texts(feed).map((text) => Number(text.split(" ")[1]));
  expect(numbers).toEqual(numbers.map((_, index) => 50_001 - numbers.length + index));
});

test("a flood leaves who has scrolled away where they are", async () => {
  const log = new FakeLog();
  log.write(1_000, 3);
  const feed = new LogFeed(log.source(), () => 61_500);
  await feed.openAtEnd();
  for (let n = 0; n < 50_000; n++) log.write(1_000 + n);
  await feed.poll(false);
  expect(texts(feed)).toEqual(["line 0", "line 1", "line 2"]);
  expect(feed.state().hasNewer).toBe(true);
});

test("a jump to a moment has what was before it and what comes after", async () => {
  const log = new FakeLog();
  for (let n = 0; n < 20_000; n++) log.write(n * 10);
  const feed = new LogFeed(log.source(), () => 200_000);
  await feed.openAt(100_000);
  const { lines } = feed.state();
  expect(lines[0]?.atMs).toBeLessThan(100_000);
  expect(lines.at(-1)?.atMs).toBeGreaterThan(100_000);
  expect(lines.map(({ atMs }) => atMs)).toContain(100_000);
  expect(feed.state().targetId).toBe("line 10000");
  await feed.openAt(100_000, "line 10005");
  expect(feed.state().targetId).toBe("line 10005");
  await feed.loadNewer();
  await feed.loadOlder();
  expect(new Set(texts(feed)).size).toBe(texts(feed).length);
});

test("a refusal is kept to be shown, and forgotten when it is over", async () => {
  let isRefused = true;
  const log = new FakeLog();
  log.write(10);
  const working = log.source();
  const source = new LogSource(QUERY, async () => {
    if (isRefused) throw new Error("the key is disabled");
    const { lines } = await working.newer(0, new Set());
    return {
      events: lines.map((line) => ({
        eventId: line.id,
        timestamp: line.atMs,
        ingestionTime: line.atMs,
        logStreamName: line.stream,
        message: line.text,
      })),
      searchedLogStreams: [],
    };
  });
  const feed = new LogFeed(source, () => 100);
  await feed.openAtEnd();
  expect(feed.state()).toMatchObject({ isLoadingOlder: false });
  expect(feed.state().error?.message).toBe("the key is disabled");
  isRefused = false;
  await feed.loadOlder();
  expect(feed.state().error).toBeNull();
  expect(texts(feed)).toEqual(["line 0"]);
});

test("after a refused opening each line comes once, whoever asks first again", async () => {
  let isRefused = true;
  const log = new FakeLog();
  log.write(10, 2);
  const working = log.source();
  const guard = () => {
    if (isRefused) throw new Error("the key is disabled");
  };
  const source = log.source();
  source.older = async (...asked) => {
    guard();
    return working.older(...asked);
  };
  source.newer = async (...asked) => {
    guard();
    return working.newer(...asked);
  };
  const feed = new LogFeed(source, () => 100);
  await feed.openAtEnd();
  await feed.poll(true);
  expect(feed.state().error?.message).toBe("the key is disabled");
  isRefused = false;
  log.write(5_000);
  await feed.poll(true);
  expect(feed.state().error).toBeNull();
  await feed.loadOlder();
  await feed.poll(true);
  expect(texts(feed)).toEqual(["line 0", "line 1", "line 2"]);
});

test.each([
  ["Invalid filter pattern: character 3: a { has no }.", 1, "a pattern that is none is asked for once"],
  ["These logs are encrypted and cannot be read now.", 3, "what may come back is asked for again"],
])("after %j there are %i calls: %s", async (message, calls) => {
  let asked = 0;
  const source = new LogSource(QUERY, () => {
    asked += 1;
    return Promise.reject(new Error(message));
  });
  const feed = new LogFeed(source, () => 100);
  await feed.openAtEnd();
  await feed.poll(true);
  await feed.poll(true);
  expect(asked).toBe(calls);
  expect(feed.state().error?.message).toBe(message);
});

test("a closed feed takes nothing any more", async () => {
  const log = new FakeLog();
  log.write(10);
  const feed = new LogFeed(log.source(), () => 100);
  const opening = feed.openAtEnd();
  feed.close();
  await opening;
  expect(texts(feed)).toEqual([]);
});

test("a search without finds does not look at everything again each second", async () => {
  const log = new FakeLog();
  const asked: number[] = [];
  const source = log.source({ pattern: "rare" });
  const newer = source.newer.bind(source);
  source.newer = async (fromMs, ...others) => {
    asked.push(fromMs);
    return newer(fromMs, ...others);
  };
  const feed = new LogFeed(source, () => 1_000_000);
  await feed.openAtEnd();
  await feed.poll(true);
  expect(asked).toEqual([985_000]);
});

test("what was asked for before another opening does not come twice", async () => {
  const log = new FakeLog();
  log.write(10, 3);
  const feed = new LogFeed(log.source(), () => 100);
  await Promise.all([feed.openAtEnd(), feed.openAtEnd(), feed.loadOlder()]);
  expect(texts(feed)).toEqual(["line 0", "line 1", "line 2"]);
});

test("who follows a log sees its end after a burst, however many lines a moment has", async () => {
  const log = new FakeLog();
  let nowMs = 1_700_000_000_000;
  log.write(5);
  const feed = new LogFeed(log.source(), () => nowMs);
  await feed.openAtEnd();
  await untilBeginning(feed);
  for (let n = 0; n < 400; n++) log.write(nowMs + n, 200);
  nowMs += 500;
  await feed.poll(true);
  expect(texts(feed).at(-1)).toBe(log.written.at(-1)?.id);
});

test("of the longest lines as many are read as are kept, and who is at the end stays there", async () => {
  const log = new FakeLog(LONGEST_LINE);
  for (let n = 0; n < 600; n++) log.write(n);
  const feed = new LogFeed(log.source(), () => 600);
  await feed.openAtEnd();
  expect(log.calls).toBeLessThan(60);
  // As the view asks, which shows forty lines.
  let asked = 0;
  for (; asked < 50; asked++) {
    const { lines, hasOlder, hasNewer } = feed.state();
    if (hasOlder && lines.length - 40 < aheadOf(lines.length)) await feed.loadOlder();
    else if (hasNewer) await feed.loadNewer();
    else break;
  }
  expect(asked).toBeLessThan(10);
  expect(feed.state().lines.at(-1)?.id).toBe("line 599");
  expect(log.calls).toBeLessThan(100);
});
