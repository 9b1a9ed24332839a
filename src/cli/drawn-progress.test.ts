import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawnProgress } from "./drawn-progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What stays on a screen where only `\r` and "clear to the end of the line" move. */
function screenOf(columns = 40) {
  let lines = [""];
  return {
    columns,
    hasColour: false,
    write(text: string) {
      // oxlint-disable-next-line no-control-regex -- what the terminal reads
      for (const part of text.split(/(\r\u{1B}\[K|\n)/u)) {
        if (part === "\n") lines.push("");
        else if (part.startsWith("\r")) lines[lines.length - 1] = "";
        else lines[lines.length - 1] += part;
      }
    },
    shown: () => lines,
    forget: () => void (lines = [""]),
  };
}

test("lines stay, the live line is below them, and the end replaces it", () => {
  const screen = screenOf();
  const progress = drawnProgress("Deploying web", screen);
  expect(screen.shown()).toEqual(["⠋ Deploying web"]);
  progress.line("Pulling image");
  vi.advanceTimersByTime(80);
  expect(screen.shown()).toEqual(["  Pulling image", "⠹ Deploying web"]);
  progress.succeed("web is deployed.");
  vi.advanceTimersByTime(1000);
  expect(screen.shown()).toEqual(["  Pulling image", "✔ web is deployed.", ""]);
});

test("the live line never wraps, and a failure keeps what was said", () => {
  const screen = screenOf(10);
  const progress = drawnProgress("Deploying a-long-name", screen);
  expect(screen.shown()).toEqual(["⠋ Deployi"]);
  progress.line("boom");
  progress.fail("It failed.");
  expect(screen.shown()).toEqual(["  boom", "✖ It failed.", ""]);
});
