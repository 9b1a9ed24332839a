import { describe, expect, it } from "vitest";
import { findLine, findRuntime, runtimes, versionProblem } from "./runtime.ts";

const appRunners =
  "PYTHON_3 PYTHON_311 NODEJS_12 NODEJS_14 NODEJS_16 NODEJS_18 NODEJS_22 CORRETTO_8 CORRETTO_11 GO_1 DOTNET_6 PHP_81 RUBY_31";

describe("the table of runtimes", () => {
  it("has all of App Runner's, built as App Runner does", () => {
    const own = runtimes.filter(({ isAppRunners }) => isAppRunners);
    expect(own.map(({ name }) => name).sort()).toStrictEqual(appRunners.split(" ").sort());
    const revised = own.filter(({ build }) => build === "revised").map(({ name }) => name);
    expect(revised.sort()).toStrictEqual(["NODEJS_18", "NODEJS_22", "PYTHON_311"]);
  });

  it("has no two with one name, and each is found by both spellings", () => {
    expect(new Set(runtimes.flatMap(({ name, yamlName }) => [name, yamlName])).size).toBe(
      2 * runtimes.length,
    );
    for (const runtime of runtimes) {
      expect(runtime.yamlName).toBe(runtime.name.replace("_", "").toLowerCase());
      expect(findRuntime(runtime.name)).toBe(runtime);
      expect(findRuntime(runtime.yamlName)).toBe(runtime);
    }
    expect(findRuntime("nodejs_22")).toBeUndefined();
    expect(findRuntime("")).toBeUndefined();
  });

  it("pins every image, and begins its tag with the version of the line", () => {
    for (const line of runtimes.flatMap(({ lines }) => lines)) {
      for (const image of [line.buildImage, line.runImage]) {
        expect(image).toMatch(/^[a-z./]+:\d+\.\d+\.\d+-[a-z0-9-]+$/);
        expect(image.replace(/^maven:.*-/, "x:").concat(".")).toContain(`:${line.version}.`);
      }
      expect(line.endOfSupport ?? "2030-01-01").toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  it("lists the lines of a runtime oldest first", () => {
    for (const { lines } of runtimes) {
      const minors = lines.map(({ version }) => Number(version.split(".")[1] ?? 0));
      expect(minors).toStrictEqual(minors.toSorted((a, b) => a - b));
    }
  });
});

describe("versions that can be asked for", () => {
  it.each([
    ["nodejs22", "22", null],
    ["nodejs22", "22.14.0", null],
    ["nodejs22", "20.1", "is not a version of nodejs22, which has 22"],
    ["nodejs22", "22.14.0.1", "is not a version; write major[.minor[.patch]], for example 22"],
    ["nodejs22", "latest", "is not a version; write major[.minor[.patch]], for example 22"],
    ["nodejs22", "v22", "is not a version; write major[.minor[.patch]], for example 22"],
    ["python311", "3.11", null],
    ["python311", "3", null],
    ["python311", "3.1", "is not a version of python311, which has 3.11"],
    ["python3", "3.7.10", null],
    ["python3", "3.9", "is not a version of python3, which has 3.7, 3.8"],
    ["corretto11", "11.0.13.08.1", null],
    ["corretto11", "11.0", null],
    [
      "corretto11",
      "11.0.13.08.1.2",
      "is not a version; write 11.0[.update[.build[.revision]]], for example 11",
    ],
    ["corretto8", "8.312.07.1", null],
    ["corretto8", "1.8", "is not a version of corretto8, which has 8"],
    ["go1", "1.18", null],
    ["go1", "1.25.4", null],
    ["go1", "1", null],
  ])("%s %s", (name, wanted, problem) => {
    expect(versionProblem(findRuntime(name)!, wanted)).toBe(problem);
  });

  it("less specific means the newest line", () => {
    expect(findLine(findRuntime("GO_1")!, "1")?.version).toBe("1.25");
    expect(findLine(findRuntime("GO_1")!, null)?.version).toBe("1.25");
    expect(findLine(findRuntime("GO_1")!, "1.18.10")?.version).toBe("1.18");
    expect(findLine(findRuntime("PYTHON_3")!, null)?.version).toBe("3.8");
  });
});
