import { expect, test } from "vitest";
import { ONE_SHELL } from "../dockerfile.ts";
import { shownCommand, shownInstruction } from "./shown-command.ts";

const CACHE = "--mount=type=cache,id=1-npm,target=/root/.npm,sharing=locked";

test.each([
  [`RUN ${CACHE} ${CACHE} npm ci`, "RUN npm ci"],
  [`RUN ${CACHE} ["/bin/sh", "-c", "echo "a" && cat < b"]`, 'RUN echo "a" && cat < b'],
  ['RUN ["env", "--", "A=1", "B=2", "/bin/sh", "-c", "make"]', "RUN make"],
  [`RUN ${CACHE} ["/bin/sh", "-c", "${ONE_SHELL}", "build", "cd web", "make"]`, "RUN cd web && make"],
  ['RUN ["node", "--version"]', 'RUN ["node", "--version"]'],
  [
    "RUN --mount=type=secret,id=key cat /run/secrets/key",
    "RUN --mount=type=secret,id=key cat /run/secrets/key",
  ],
  [`RUN ${CACHE} --mount=type=secret,id=key,target=/run/secrets/key npm ci`, "RUN npm ci"],
  ["COPY . /app", "COPY . /app"],
])("%s is shown as %s", (text, shown) => {
  expect(shownInstruction(text)).toBe(shown);
});

test.each([
  ["/bin/sh -c npm ci", [], "npm ci"],
  ["env -- A=1 /bin/sh -c npm ci", [], "npm ci"],
  ["node --version", [], "node --version"],
  [`/bin/sh -c ${ONE_SHELL} build cd web make`, ["+ cd web", "+ make", "error"], "make"],
  [
    `/bin/sh -c ${ONE_SHELL} build cd web make`,
    ["the line that announced it is further back"],
    "cd web make",
  ],
])("%s, with the output %j, is shown as %s", (args, logLines, shown) => {
  expect(shownCommand(args, logLines)).toBe(shown);
});

test("a long command is cut", () => {
  expect(shownCommand("x".repeat(1_000), [])).toBe(`${"x".repeat(300)}…`);
});
