import { expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../../test/support/processor-time.ts";
import { fromImages } from "./from-images.ts";

test("images of all stages, each once, without the Dockerfile's own stages", () => {
  const text = `
FROM --platform=linux/amd64 node:22 AS Build
FROM scratch
from node:22-slim
COPY --from=build /a /a
FROM build AS test
FROM node:22
`;
  expect(fromImages(text, {})).toEqual(["node:22", "node:22-slim"]);
});

test("arguments before the first stage, as preset or as given", () => {
  const text =
    'ARG BASE=node:22\nARG TAG="3.11"\nFROM ${BASE} AS a\nARG LATER=x\nFROM python:$TAG-slim\nFROM $LATER';
  expect(fromImages(text, {})).toEqual(["node:22", "python:3.11-slim"]);
  expect(fromImages(text, { BASE: "node:20" })).toEqual(["node:20", "python:3.11-slim"]);
});

test("a line made to take for ever takes no time", MEASURED, () => {
  const spentMs = countProcessorMs();
  expect(fromImages(`ARG A=x${" ".repeat(500_000)}y\nARG B="z"  \r\nFROM $B`, {})).toEqual(["z"]);
  expect(spentMs()).toBeLessThan(500);
});
