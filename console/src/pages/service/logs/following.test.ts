import { beforeEach, expect, test } from "vitest";
import { Following, type ViewPlace } from "./following.ts";

const NOW_MS = 1_000;
const LATER_MS = 4_000;
const VIEW = 400;
const END: ViewPlace = { top: 9_600, height: 10_000, view: VIEW };

let following: Following;

beforeEach(() => {
  following = new Following();
  following.moved(END, true, NOW_MS);
});

test("what is written moves nobody away from the end, however far the view is left behind", () => {
  following.moved({ ...END, height: 50_000 }, true, NOW_MS);
  following.moved({ ...END, top: 9_700, height: 60_000 }, true, NOW_MS);
  expect(following.follows()).toBe(true);
});

test("what goes at the beginning moves the view up, and is nobody's wish", () => {
  following.moved({ ...END, top: 4_600, height: 5_200 }, true, NOW_MS);
  expect(following.follows()).toBe(true);
});

test("a wheel or a key upwards ends it at once, before the view moves, also while lines come", () => {
  following.moves("up", END);
  expect(following.follows()).toBe(false);
  following.moved({ ...END, top: 9_590, height: 20_000 }, true, NOW_MS);
  expect(following.follows()).toBe(false);
});

test("where there is nothing above, a wheel upwards means nothing", () => {
  following.moves("up", { top: 0, height: 300, view: VIEW });
  expect(following.follows()).toBe(true);
});

test("a finger or the scrollbar ends it by moving up, and begins it again at the end", () => {
  following.moves("free", END);
  expect(following.follows()).toBe(true);
  following.moved({ ...END, top: 5_000, height: 10_020 }, true, NOW_MS);
  expect(following.follows()).toBe(false);
  following.moved({ ...END, top: 9_640, height: 10_040 }, true, NOW_MS);
  expect(following.follows()).toBe(true);
});

test("what moves the view without a hand, as a search in the page does, ends it where nothing was written", () => {
  following.moved({ ...END, top: 2_000 }, true, NOW_MS);
  expect(following.follows()).toBe(false);
});

test("the view that comes to the end by itself follows only who moved there", () => {
  following.moves("up", END);
  following.moved({ ...END, top: 9_000 }, true, NOW_MS);
  following.rested();
  following.moved({ ...END, top: 9_300, height: 9_700 }, true, NOW_MS);
  expect(following.follows()).toBe(false);
  following.moves("down", END);
  following.moved({ ...END, top: 9_380, height: 9_800 }, true, NOW_MS);
  expect(following.follows()).toBe(true);
});

test("the end of what is shown is not the end of the log", () => {
  following.moves("up", END);
  following.moved({ ...END, top: 5_000 }, true, NOW_MS);
  following.moves("down", END);
  following.moved(END, false, NOW_MS);
  expect(following.follows()).toBe(false);
});

test("a line that was jumped to is stayed at, unless it stands at the end or all is seen", () => {
  following.toLine();
  following.moved({ ...END, top: 3_000 }, true, NOW_MS);
  expect(following.follows()).toBe(false);
  following.toEnd(NOW_MS);
  expect(following.follows()).toBe(true);
  following.toLine();
  following.moved({ top: 12_000, height: 12_400, view: VIEW }, true, NOW_MS);
  expect(following.follows()).toBe(true);
  following.toLine();
  following.laidOut({ top: 0, height: 200, view: VIEW }, true);
  expect(following.follows()).toBe(true);
});

test("who asks for the end while a page up is still on its way gets the end, until they move again", () => {
  following.moves("up", END);
  following.moved({ ...END, top: 9_500 }, true, NOW_MS);
  following.moves("down", END);
  following.toEnd(NOW_MS);
  following.moved(END, true, NOW_MS);
  following.rested();
  following.moved({ ...END, top: 9_300 }, true, NOW_MS);
  expect(following.follows()).toBe(true);
  following.moves("free", END);
  following.moved({ ...END, top: 9_000 }, true, NOW_MS);
  expect(following.follows()).toBe(false);
});

test("what is led to the end and left there is moved by whatever moves it then: a script, a search in the page", () => {
  following.moves("up", END);
  following.moved({ ...END, top: 5_000 }, true, NOW_MS);
  following.rested();
  following.toEnd(NOW_MS);
  following.moved(END, true, NOW_MS);
  following.moved({ ...END, top: 2_000 }, true, NOW_MS);
  expect(following.follows()).toBe(false);
});

test("so is what was asked for while a page up was on its way, once that must be over", () => {
  following.moves("up", END);
  following.moved({ ...END, top: 9_500 }, true, NOW_MS);
  following.toEnd(NOW_MS);
  following.moved(END, true, NOW_MS);
  following.moved({ ...END, top: 2_000 }, true, LATER_MS);
  expect(following.follows()).toBe(false);
});
