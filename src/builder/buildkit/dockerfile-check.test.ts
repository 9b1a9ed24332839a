import { expect, test } from "vitest";
import { assertNoRemoteSources } from "./dockerfile-check.ts";

test.each([
  "ADD http://127.0.0.1/x /x",
  "  add --chown=1:1 https://example.com/a /a",
  "ONBUILD ADD http://127.0.0.1/x /x",
  'ADD ["http://127.0.0.1/x", "/x"]',
  String.raw`ADD ["http\u003a//127.0.0.1/x", "/x"]`,
  'ADD http:"//"127.0.0.1/x /x',
  String.raw`ADD http:\//127.0.0.1/x /x`,
  "ADD \\\n  # a comment\n  http://127.0.0.1/x \\\n  /x",
  "ADD $URL /x",
  "ADD ${URL} /x",
  "ADD git@example.com:a/b.git /x",
  "ADD git://example.com/a /x",
])("refuses %j and names its line", (instruction) => {
  expect(() => assertNoRemoteSources(`FROM a\n\n${instruction}\nRUN true\n`)).toThrow(
    /^Dockerfile, line 3: ADD takes/,
  );
});

test("refuses it with another escape character", () => {
  expect(() => assertNoRemoteSources("# escape=`\nFROM a\nADD `\n http://a/x /x\n")).toThrow(/line 3/);
});

test.each([
  "ADD app.tar.gz /app",
  'ADD ["a b", "/x"]',
  "RUN curl http://example.com/add",
  "# ADD http://example.com/x /x",
  "COPY ${FILE} /x",
  "ENV ADD=http://a",
])("leaves %j alone", (instruction) => {
  expect(() => assertNoRemoteSources(`FROM a\n${instruction}\n`)).not.toThrow();
});
