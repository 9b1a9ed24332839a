/**
 * What a run of the tests came to, of vitest's JSON report: `passed failed broken` in the first line, then of each test that
 * failed its name and why, each line with a space before it. A file that failed without a test that did is broken, as is a run
 * without a report, or with half of one: it was killed.
 */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly TestResult[];
}

interface TestResult {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages?: readonly string[];
}

/** Of one failure; a difference of two values has the most of it in its first lines. */
const REASON_LINES = 12;
/** A machine without what all tests need lets all of them fail. */
const MOST_FAILURES = 20;
/** Where in the library something was thrown is no help. */
const STACK_LINE = /^\s+at (?!.*\.test\.ts)/;

export function readReport(text: string): readonly string[] {
  const report = parse(text);
  if (report === null) return ["0 0 1"];
  const { numPassedTests, numFailedTests, testResults } = report;
  const failed = testResults.flatMap((file) => failedTests(file).map((test) => ({ file, test })));
  const broken = testResults.filter((file) => file.status === "failed" && failedTests(file).length === 0);
  const told = [
    ...broken.map(({ name, message }) => reason(relative(process.cwd(), name), message)),
    ...failed.map(({ test }) => reason(test.fullName, (test.failureMessages ?? []).join("\n"))),
  ];
  return [
    `${numPassedTests} ${numFailedTests} ${broken.length}`,
    ...told.slice(0, MOST_FAILURES).flat(),
    ...(told.length > MOST_FAILURES ? [`  and ${told.length - MOST_FAILURES} more`] : []),
  ];
}

function parse(text: string): Report | null {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return null;
  }
}

function failedTests(file: FileResult): readonly TestResult[] {
  return file.assertionResults.filter(({ status }) => status === "failed");
}

function reason(name: string, message: string): readonly string[] {
  const lines = message.split("\n").filter((line) => line.trim() !== "" && !STACK_LINE.test(line));
  return [`  × ${name}`, ...lines.slice(0, REASON_LINES).map((line) => `      ${line}`)];
}

if (import.meta.main) {
  const [, , path = ""] = process.argv;
  const lines = readReport(existsSync(path) ? readFileSync(path, "utf8") : "");
  process.stdout.write(`${lines.join("\n")}\n`);
}
