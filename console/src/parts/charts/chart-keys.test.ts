import { expect, test } from "vitest";
import { keyAct, type KeyView } from "./chart-keys.ts";

const MINUTE_MS = 60_000;
const VIEW: KeyView = {
  moments: [0, 1, 2, 3].map((minute) => minute * MINUTE_MS),
  marks: [
    { id: "b", atMs: 150_000, title: "later", color: "red", href: "#/b" },
    { id: "a", atMs: 30_000, title: "sooner", color: "red" },
  ],
  span: { startMs: 0, endMs: 8 * MINUTE_MS },
  atMs: null,
  beganMs: null,
  canZoom: true,
};

function pressed(key: string, view: Partial<KeyView> = {}, shiftKey = false) {
  return keyAct({ key, shiftKey }, { ...VIEW, ...view });
}

test.each([
  ["ArrowLeft", null, 180_000],
  ["ArrowRight", null, 180_000],
  ["ArrowLeft", 120_000, 60_000],
  ["ArrowRight", 120_000, 180_000],
  ["ArrowLeft", 130_000, 120_000],
  ["ArrowRight", 130_000, 180_000],
  ["ArrowLeft", 0, 0],
  ["ArrowRight", 180_000, 180_000],
  ["PageUp", 180_000, 0],
  ["PageDown", 0, 180_000],
  ["Home", 120_000, 0],
  ["End", 60_000, 180_000],
] as const)("%s from %s goes to the point at %s", (key, atMs, expected) => {
  expect(pressed(key, { atMs })).toEqual({ act: "point", atMs: expected, beganMs: null });
});

test("what happened is gone through in its order, forwards and backwards, around the end", () => {
  expect(pressed("d", { atMs: 0 })).toMatchObject({ atMs: 30_000 });
  expect(pressed("d", { atMs: 30_000 })).toMatchObject({ atMs: 150_000 });
  expect(pressed("d", { atMs: 150_000 })).toMatchObject({ atMs: 30_000 });
  expect(pressed("D", { atMs: 150_000 }, true)).toMatchObject({ atMs: 30_000 });
  expect(pressed("d")).toMatchObject({ atMs: 150_000 });
  expect(pressed("d", { marks: [] })).toBeNull();
  expect(pressed("Enter", { atMs: 150_000 })).toEqual({ act: "follow", href: "#/b" });
  expect(pressed("Enter", { atMs: 30_000 })).toBeNull();
});

test("a piece is drawn with Shift and looked at with Enter", () => {
  expect(pressed("ArrowLeft", { atMs: 180_000 }, true)).toEqual({
    act: "point",
    atMs: 120_000,
    beganMs: 180_000,
  });
  expect(pressed("ArrowLeft", { atMs: 120_000, beganMs: 180_000 }, true)).toMatchObject({
    beganMs: 180_000,
  });
  expect(pressed("Enter", { atMs: 60_000, beganMs: 180_000 })).toEqual({
    act: "zoom",
    span: { startMs: 60_000, endMs: 180_000 },
  });
  expect(pressed("ArrowLeft", { atMs: 180_000, canZoom: false }, true)).toMatchObject({ beganMs: null });
});

test("nearer around the pointer, further away, back, and out of the chart", () => {
  expect(pressed("+", { atMs: 180_000 })).toEqual({
    act: "zoom",
    span: { startMs: 60_000, endMs: 300_000 },
  });
  expect(pressed("-")).toEqual({ act: "zoomOut" });
  expect(pressed("0")).toEqual({ act: "reset" });
  expect(pressed("+", { canZoom: false })).toBeNull();
  expect(pressed("Escape", { atMs: 1 })).toEqual({ act: "leave" });
  expect(pressed("Escape")).toBeNull();
  expect(pressed("Tab")).toBeNull();
});
