import { describe, expect, it } from "vitest";
import { bringsInit } from "./init-process.ts";
import { toInitProblem } from "./start-error.ts";

describe("an image that brings an init of its own", () => {
  it.each([
    [{ Entrypoint: ["/usr/bin/tini", "--"], Cmd: ["node", "server.js"] }, null],
    [{ Entrypoint: ["/init"] }, ["node", "server.js"]],
    [{ Cmd: ["/sbin/init"] }, null],
    [{ Cmd: ["node", "server.js"] }, ["dumb-init", "node", "server.js"]],
  ])("is %j with the command %j", (image, command) => {
    expect(bringsInit(image, command)).toBe(true);
  });

  it.each([
    [{ Cmd: ["node", "init"] }, null],
    [{ Entrypoint: ["/docker-entrypoint.sh"], Cmd: ["tini"] }, null],
    [{ Cmd: ["/sbin/init"] }, ["node", "server.js"]],
    [{}, null],
  ])("is not %j with the command %j", (image, command) => {
    expect(bringsInit(image, command)).toBe(false);
  });
});

describe("why the engine's init could not start a program", () => {
  const said = async (
    exitCode: number,
    lastLine: string,
    { program = "/app/run", isThere = false }: { readonly program?: string; readonly isThere?: boolean } = {},
  ) => await toInitProblem({ program, exitCode, lastLine }, () => Promise.resolve(isThere));
  const fatal = (problem: string) => `[FATAL tini (7)] exec /app/run failed: ${problem}`;

  it("names the program, and what to check", async () => {
    expect(await said(127, fatal("No such file or directory"))).toBe(
      'The image has no executable "/app/run"; check the start command, and the image\'s ENTRYPOINT and CMD.',
    );
    expect(await said(126, fatal("Permission denied"))).toMatch(
      /^In the image "\/app\/run" is not executable; check /,
    );
  });

  it("does not say that a program is missing which only lacks its interpreter", async () => {
    expect(await said(127, fatal("No such file or directory"), { isThere: true })).toContain(
      "interpreter or loader that it names is missing",
    );
  });

  it.each([
    [2, '/app/run: 1: Syntax error: "(" unexpected'],
    [2, "/app/run: line 3: syntax error: unexpected word"],
    [126, "/app/run: /app/run: cannot execute binary file: Exec format error"],
  ])("tells a file that a shell was given in place of a program (%i, %s)", async (exitCode, line) => {
    expect(await said(exitCode, line)).toContain("is no program for this machine");
  });

  it.each([
    [127, "/app/run: 3: helper: not found"],
    [127, "[FATAL tini (9)] exec helper failed: No such file or directory"],
    [2, "usage: run --port <port>"],
    [1, fatal("No such file or directory")],
    [127, ""],
  ])("is not asked of a program that ran (%i, %s)", async (exitCode, line) => {
    expect(await said(exitCode, line)).toBeNull();
  });
});
