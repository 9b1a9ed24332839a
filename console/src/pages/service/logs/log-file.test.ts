import { expect, test } from "vitest";
import { fileText, logFileName } from "./log-file.ts";

const LINE = {
  id: "1",
  atMs: Date.UTC(2026, 10, 21, 15, 53, 0, 5),
  stream: "instance/0123456789abcdef0123456789abcdef",
  text: '\u001b[31mbad\u001b[0m "x"',
};

test("a file is named after what is in it and when it was taken", () => {
  const parts = { serviceName: "shop", kind: "application", part: "0123456789abcdef" };
  expect(logFileName(parts, LINE.atMs, "log")).toBe("shop-application-01234567-20261121T155300Z.log");
  expect(logFileName({ ...parts, part: null }, LINE.atMs, "jsonl")).toBe(
    "shop-application-20261121T155300Z.jsonl",
  );
});

test("no name leads elsewhere", () => {
  const parts = { serviceName: "../../etc/passwd", kind: "events", part: null };
  expect(logFileName(parts, 0, "log")).toBe("______etc_passwd-events-19700101T000000Z.log");
});

test("text has the time, the instance and no colours", () => {
  expect(fileText([LINE], "log")).toBe('2026-11-21T15:53:00.005Z 01234567 bad "x"\n');
});

test("JSON has everything, a line each", () => {
  const [first = "", rest] = fileText([LINE, LINE], "jsonl").split("\n");
  expect(JSON.parse(first)).toEqual({
    timestamp: "2026-11-21T15:53:00.005Z",
    stream: LINE.stream,
    message: LINE.text,
  });
  expect(rest).toBe(first);
});
