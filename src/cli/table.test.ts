import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { paint, printable } from "./style.ts";
import { renderFacts, renderTable } from "./table.ts";
import { formatAgo, formatDuration, parseSince } from "./time.ts";

test("columns are as wide as what is in them, colours apart", () => {
  const io = { hasColour: true };
  const lines = renderTable(
    [
      { name: "web", state: paint(io, "green", "RUNNING") },
      { name: "a-long-name", state: paint(io, "dim", "PAUSED") },
    ],
    [
      { title: "NAME", cell: ({ name }) => name },
      { title: "STATE", cell: ({ state }) => state },
      { title: "END", cell: () => "x" },
    ],
  );
  expect(lines.map((line) => stripVTControlCharacters(line))).toEqual([
    "NAME         STATE    END",
    "web          RUNNING  x",
    "a-long-name  PAUSED   x",
  ]);
});

test("facts without a value are left out", () => {
  expect(
    renderFacts([
      ["Name", "web"],
      ["Port", undefined],
      ["A long key", "x"],
      ["Empty", ""],
    ]),
  ).toEqual(["Name        web", "A long key  x"]);
});

test("what an application wrote cannot move the cursor, but may be coloured", () => {
  expect(printable("\u001B[31mred\u001B[0m\u001B[2J\u0007\u0008 \u001B]0;title\u0007tab\tend")).toBe(
    "\u001B[31mred\u001B[0m[2J ]0;titletab\tend",
  );
});

test("times as people write and read them", () => {
  const nowMs = Date.UTC(2026, 0, 2);
  expect(parseSince("10m", nowMs)).toBe(nowMs - 600_000);
  expect(parseSince("1d", nowMs)).toBe(nowMs - 86_400_000);
  expect(parseSince("2026-01-01T00:00:00Z", nowMs)).toBe(Date.UTC(2026, 0, 1));
  expect(() => parseSince("soon", nowMs)).toThrow('"soon" is not a time');
  const tomorrow = new Date(nowMs + 86_400_000).toISOString();
  expect(() => parseSince(tomorrow, nowMs)).toThrow(`--since: ${tomorrow} lies in the future.`);
  expect(parseSince(tomorrow, nowMs, "--until")).toBe(nowMs + 86_400_000);
  expect(formatAgo(nowMs / 1000 - 90, nowMs)).toBe("90s ago");
  expect([2345, 45_000, 600_000, 7_200_000, 200_000_000].map(formatDuration)).toEqual([
    "2.3s",
    "45s",
    "10m",
    "2h",
    "2d",
  ]);
});
