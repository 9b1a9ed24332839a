import { describe, expect, it } from "vitest";
import { readReport } from "./test-report.ts";

const passed = { fullName: "adds", status: "passed", failureMessages: [] };
const failed = (fullName: string, ...failureMessages: string[]) => ({
  fullName,
  status: "failed",
  failureMessages,
});

function read(file: object): readonly string[] {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    testResults: [{ name: "/x/a.test.ts", message: "", assertionResults: [], ...file }],
  };
  return readReport(JSON.stringify(report));
}

describe("a report of tests", () => {
  it("in which all is well is its numbers", () => {
    expect(read({ status: "passed", assertionResults: [passed] })).toEqual(["3 1 0"]);
  });

  it("tells of each test that failed its name and why, without where in a library it was thrown", () => {
    const message =
      "Error: expected 1 to be 2\n\n- 2\n+ 1\n    at check (/x/lib.js:1:2)\n    at /x/a.test.ts:3:4";
    const file = { status: "failed", assertionResults: [passed, failed("sums are right", message)] };
    expect(read(file)).toEqual([
      "3 1 0",
      "  × sums are right",
      "      Error: expected 1 to be 2",
      "      - 2",
      "      + 1",
      "          at /x/a.test.ts:3:4",
    ]);
  });

  it("counts a file that did not load as broken, and tells why", () => {
    const [counts, name, why] = read({ status: "failed", message: "Cannot find module" });
    expect(counts).toBe("3 1 1");
    expect(name).toMatch(/^ {2}× .*a\.test\.ts$/);
    expect(why).toBe("      Cannot find module");
  });

  it("that is not there, or that a killed run left half written, counts as a broken run", () => {
    expect(["", '{"numPassedTests": 3, "test'].map(readReport)).toEqual([["0 0 1"], ["0 0 1"]]);
  });

  it("stays short, however much failed", () => {
    const long = Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n");
    const tests = Array.from({ length: 100 }, (_, number) => failed(`test ${number}`, long));
    const lines = read({ status: "failed", assertionResults: tests });
    expect(lines.length).toBeLessThan(300);
    expect(lines.at(-1)).toBe("  and 80 more");
  });
});
