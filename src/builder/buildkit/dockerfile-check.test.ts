import { expect, test } from "vitest";
import { checkedDockerfile } from "./dockerfile-check.ts";

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
  expect(() => checkedDockerfile(`FROM a\n\n${instruction}\nRUN true\n`)).toThrow(
    /^Dockerfile, line 3: ADD takes/,
  );
});

test("refuses it with another escape character", () => {
  expect(() => checkedDockerfile("# escape=`\nFROM a\nADD `\n http://a/x /x\n")).toThrow(/line 3/);
});

test.each([
  "ADD app.tar.gz /app",
  'ADD ["a b", "/x"]',
  "RUN curl http://example.com/add",
  "# ADD http://example.com/x /x",
  "COPY ${FILE} /x",
  "ENV ADD=http://a",
])("leaves %j alone", (instruction) => {
  const text = `FROM a\n${instruction}\n`;
  expect(checkedDockerfile(text)).toBe(text);
});

test("the official frontend is the engine's own; lines keep their numbers", () => {
  expect(checkedDockerfile("# syntax=docker/dockerfile:1\nFROM a\n").split("\n")).toEqual([
    "# ",
    "FROM a",
    "",
  ]);
  expect(checkedDockerfile("FROM a\n# syntax=evil/frontend\n")).toContain("evil"); // a comment there
});

test("no other frontend may read the Dockerfile", () => {
  expect(() => checkedDockerfile("#syntax=evil/frontend:1\nFROM a\n")).toThrow(
    /evil\/frontend:1 is not available/,
  );
  expect(() => checkedDockerfile("# check=skip=all\n# SYNTAX = evil/docker/dockerfile\nFROM a\n")).toThrow(
    /evil/,
  );
});
