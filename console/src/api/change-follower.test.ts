import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChangeFollower } from "./change-follower.ts";

/** A stream as browsers have it, without a network. */
class StreamStub extends EventTarget {
  static readonly CLOSED = 2;
  static readonly opened: StreamStub[] = [];
  readyState = 0;

  constructor() {
    super();
    StreamStub.opened.push(this);
  }

  tell(type: string, data?: unknown): void {
    this.dispatchEvent(
      data === undefined ? new Event(type) : new MessageEvent(type, { data: JSON.stringify(data) }),
    );
  }

  close(): void {
    this.readyState = StreamStub.CLOSED;
  }
}

const RETRY_MS = 3_000;
const BEAT_MS = 15_000;

let page: EventTarget & { hidden: boolean };
let told: unknown[];
let follower: ChangeFollower;

beforeEach(() => {
  vi.useFakeTimers();
  StreamStub.opened.length = 0;
  page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("EventSource", StreamStub);
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  told = [];
  follower = new ChangeFollower(new URL("http://127.0.0.1/console/live"), {
    onState: (state) => told.push(state),
    onTopics: (topics) => told.push(topics),
    onDoubt: () => told.push("doubt"),
    onReturn: () => told.push("return"),
  });
  follower.start();
});

afterEach(() => {
  follower.end();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function stream(): StreamStub {
  const last = StreamStub.opened.at(-1);
  if (last === undefined) throw new Error("no stream was opened");
  return last;
}

const open = () => StreamStub.opened.filter(({ readyState }) => readyState !== StreamStub.CLOSED).length;

test("topics are told as they come", () => {
  stream().tell("open");
  stream().tell("change", { topics: ["services", "events"] });
  expect(told).toEqual(["live", ["services", "events"]]);
});

test("a broken stream is opened anew, and what was missed is told once it is there", () => {
  stream().tell("open");
  stream().tell("error");
  expect(open()).toBe(0);
  vi.advanceTimersByTime(RETRY_MS);
  expect(open()).toBe(1);
  stream().tell("open");
  expect(told).toEqual(["live", "connecting", "live", "return"]);
});

test("a stream that stays away is told as lost, once, and found again", () => {
  for (let tries = 0; tries < 6; tries++) {
    stream().tell("error");
    vi.advanceTimersByTime(RETRY_MS);
  }
  expect(told.filter((state) => state === "lost")).toHaveLength(1);
  stream().tell("open");
  expect(told.at(-1)).toBe("live");
});

test("a refused stream makes doubt of the session; so does the word that it ended, which opens no other", () => {
  stream().readyState = StreamStub.CLOSED;
  stream().tell("error");
  expect(told).toEqual(["connecting", "doubt"]);
  vi.advanceTimersByTime(RETRY_MS);
  stream().tell("open");
  stream().tell("ended");
  vi.advanceTimersByTime(10 * RETRY_MS);
  expect([told.at(-1), open()]).toEqual(["doubt", 0]);
});

test("a stream that is silent for longer than two beats is opened anew; one that beats stays", () => {
  const first = stream();
  first.tell("open");
  for (let beats = 0; beats < 4; beats++) {
    vi.advanceTimersByTime(BEAT_MS);
    first.tell("beat");
  }
  expect(StreamStub.opened).toHaveLength(1);
  vi.advanceTimersByTime(3 * BEAT_MS);
  expect([StreamStub.opened.length, open()]).toEqual([2, 1]);
});

test("a tab that nobody sees has no stream, and tries none", () => {
  stream().tell("open");
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  vi.advanceTimersByTime(10 * BEAT_MS);
  expect(open()).toBe(0);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  expect(open()).toBe(1);
});

test("who ends it hears no more", () => {
  stream().tell("error");
  follower.end();
  vi.advanceTimersByTime(10 * BEAT_MS);
  expect([open(), told]).toEqual([0, ["connecting"]]);
});
