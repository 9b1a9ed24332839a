/**
 * Managed runtimes: every one App Runner names, and the current lines it never had. Pure.
 *
 * Dates: App Runner's developer guide for its own runtimes, the project's own end of life for the others. Images are
 * pinned, so that two builds of one commit start from the same files.
 *
 * - `original`: App Runner's older way, for what it had before python311 and nodejs18. The image that built the
 *   application also runs it, so that whatever a command installs anywhere is there at run time.
 * - `revised`: one image builds, a smaller one runs; only `/app` goes from the first to the second. What App Runner
 *   never had is built this way, as all its newer runtimes are.
 */

export type Language = "python" | "nodejs" | "java" | "go" | "dotnet" | "php" | "ruby";

export interface Runtime {
  /** The wire's name: NODEJS_22. */
  readonly name: string;
  /** In apprunner.yaml: nodejs22. */
  readonly yamlName: string;
  readonly language: Language;
  readonly build: "original" | "revised";
  /** False: App Runner never had it. */
  readonly isAppRunners: boolean;
  /** Version lines, oldest first; the last is meant when none is asked for. */
  readonly lines: readonly [RuntimeLine, ...RuntimeLine[]];
}

export interface RuntimeLine {
  /** What all its versions begin with: `22`, `3.11`. */
  readonly version: string;
  /** App Runner's date for its own runtimes, upstream's for the others: `2026-04-30`. Null: none is announced. */
  readonly endOfSupport: string | null;
  /** Public images, for machines that reach a registry. */
  readonly buildImage: string;
  readonly runImage: string;
}

const DOTNET_IMAGES = "mcr.microsoft.com/dotnet";

export const runtimes: readonly Runtime[] = [
  {
    name: "PYTHON_3",
    yamlName: "python3",
    language: "python",
    build: "original",
    isAppRunners: true,
    lines: [
      whole("3.7", "2025-12-01", "python:3.7.17-bullseye"),
      whole("3.8", "2025-12-01", "python:3.8.20-bookworm"),
    ],
  },
  { ...python("311", true), lines: [slim("3.11", null, "python:3.11.14")] },
  { ...python("312", false), lines: [slim("3.12", "2028-10-31", "python:3.12.12")] },
  { ...python("313", false), lines: [slim("3.13", "2029-10-31", "python:3.13.9")] },
  { ...node("12", "original"), lines: [whole("12", "2025-12-01", "node:12.22.12-bullseye")] },
  { ...node("14", "original"), lines: [whole("14", "2025-12-01", "node:14.21.3-bullseye")] },
  { ...node("16", "original"), lines: [whole("16", "2025-12-01", "node:16.20.2-bookworm")] },
  { ...node("18", "revised"), lines: [slim("18", "2025-12-01", "node:18.20.8")] },
  { ...node("20", "revised", false), lines: [slim("20", "2026-04-30", "node:20.19.5")] },
  { ...node("22", "revised"), lines: [slim("22", null, "node:22.21.1")] },
  { ...node("24", "revised", false), lines: [slim("24", "2028-04-30", "node:24.11.1")] },
  { ...corretto("8", "original"), lines: [whole("8", null, "maven:3.9.11-amazoncorretto-8")] },
  { ...corretto("11", "original"), lines: [whole("11", null, "maven:3.9.11-amazoncorretto-11")] },
  {
    ...corretto("17", "revised"),
    lines: [
      {
        version: "17",
        endOfSupport: "2029-10-31",
        buildImage: "maven:3.9.11-amazoncorretto-17",
        runImage: "amazoncorretto:17.0.17-al2023-headless",
      },
    ],
  },
  {
    ...corretto("21", "revised"),
    lines: [
      {
        version: "21",
        endOfSupport: "2030-10-31",
        buildImage: "maven:3.9.11-amazoncorretto-21",
        runImage: "amazoncorretto:21.0.9-al2023-headless",
      },
    ],
  },
  {
    name: "GO_1",
    yamlName: "go1",
    language: "go",
    build: "original",
    isAppRunners: true,
    lines: [
      whole("1.18", "2025-12-01", "golang:1.18.10-bullseye"),
      // Debian 12's: what a machine without a registry has.
      whole("1.19", "2023-09-06", "golang:1.19.13-bookworm"),
      whole("1.24", "2026-02-28", "golang:1.24.10-bookworm"),
      whole("1.25", "2026-08-31", "golang:1.25.4-bookworm"),
    ],
  },
  {
    name: "DOTNET_6",
    yamlName: "dotnet6",
    language: "dotnet",
    build: "original",
    isAppRunners: true,
    lines: [whole("6", "2025-12-01", `${DOTNET_IMAGES}/sdk:6.0.428-bookworm-slim`)],
  },
  {
    name: "DOTNET_8",
    yamlName: "dotnet8",
    language: "dotnet",
    build: "revised",
    isAppRunners: false,
    lines: [
      {
        version: "8",
        endOfSupport: "2026-11-10",
        buildImage: `${DOTNET_IMAGES}/sdk:8.0.416-bookworm-slim`,
        runImage: `${DOTNET_IMAGES}/aspnet:8.0.22-bookworm-slim`,
      },
    ],
  },
  // The public images of PHP have no Composer; the image `composer` has, for the newest PHP only.
  { ...php("81", "original"), lines: [whole("8.1", "2025-12-31", "php:8.1.33-cli-bookworm")] },
  { ...php("82", "revised"), lines: [whole("8.2", "2026-12-31", "php:8.2.29-cli-bookworm")] },
  { ...php("83", "revised"), lines: [whole("8.3", "2027-12-31", "php:8.3.28-cli-bookworm")] },
  { ...php("84", "revised"), lines: [whole("8.4", "2028-12-31", "php:8.4.15-cli-bookworm")] },
  { ...ruby("31", "original"), lines: [whole("3.1", "2025-12-01", "ruby:3.1.7-bookworm")] },
  { ...ruby("32", "revised"), lines: [slim("3.2", "2026-03-31", "ruby:3.2.9")] },
  { ...ruby("33", "revised"), lines: [slim("3.3", "2027-03-31", "ruby:3.3.10")] },
  { ...ruby("34", "revised"), lines: [slim("3.4", "2028-03-31", "ruby:3.4.7")] },
];

/** By either spelling, NODEJS_22 or nodejs22; undefined when there is no such runtime. */
export function findRuntime(name: string): Runtime | undefined {
  return runtimes.find((runtime) => runtime.name === name || runtime.yamlName === name);
}

/** Java: release, update, build and revision; the oldest spelling of 8 leaves out the minor number. */
const VERSION_NUMBERS_MAX: Readonly<Partial<Record<Language, number>>> = { java: 5 };

/** A sentence on what is wrong with a version somebody asks for, or null. */
export function versionProblem(runtime: Runtime, wanted: string): string | null {
  const numbersMax = VERSION_NUMBERS_MAX[runtime.language] ?? 3;
  const isWellFormed = /^\d{1,9}(?:\.\d{1,9})*$/.test(wanted) && wanted.split(".").length <= numbersMax;
  const lines = runtime.lines.map((line) => line.version);
  if (!isWellFormed) {
    const syntax = runtime.language === "java" ? javaSyntax(lines) : "major[.minor[.patch]]";
    return `is not a version; write ${syntax}, for example ${lines.at(-1)}`;
  }
  if (findLine(runtime, wanted) !== undefined) return null;
  return `is not a version of ${runtime.yamlName}, which has ${lines.join(", ")}`;
}

/** The newest line that a version can belong to; null asks for the newest of all. */
export function findLine(runtime: Runtime, wanted: string | null): RuntimeLine | undefined {
  return runtime.lines.findLast((line) => wanted === null || isSameAsFarAsKnown(line.version, wanted));
}

/** `3` and `3.11.2` both go with the line 3.11. */
function isSameAsFarAsKnown(line: string, wanted: string): boolean {
  const other = wanted.split(".");
  return line.split(".").every((number, index) => {
    const wantedNumber = other[index];
    return wantedNumber === undefined || Number(number) === Number(wantedNumber);
  });
}

function javaSyntax(lines: readonly string[]): string {
  return lines[0] === "8" ? "8[.update[.build[.revision]]]" : `${lines[0]}.0[.update[.build[.revision]]]`;
}

type Head = Omit<Runtime, "lines">;

function python(digits: string, isAppRunners: boolean): Head {
  return {
    name: `PYTHON_${digits}`,
    yamlName: `python${digits}`,
    language: "python",
    build: "revised",
    isAppRunners,
  };
}

function node(major: string, build: Runtime["build"], isAppRunners = true): Head {
  return { name: `NODEJS_${major}`, yamlName: `nodejs${major}`, language: "nodejs", build, isAppRunners };
}

/** Of these three languages App Runner had only what it built the original way. */
function corretto(release: string, build: Runtime["build"]): Head {
  return {
    name: `CORRETTO_${release}`,
    yamlName: `corretto${release}`,
    language: "java",
    build,
    isAppRunners: build === "original",
  };
}

function php(digits: string, build: Runtime["build"]): Head {
  return {
    name: `PHP_${digits}`,
    yamlName: `php${digits}`,
    language: "php",
    build,
    isAppRunners: build === "original",
  };
}

function ruby(digits: string, build: Runtime["build"]): Head {
  return {
    name: `RUBY_${digits}`,
    yamlName: `ruby${digits}`,
    language: "ruby",
    build,
    isAppRunners: build === "original",
  };
}

/** One image builds and runs. */
function whole(version: string, endOfSupport: string | null, image: string): RuntimeLine {
  return { version, endOfSupport, buildImage: image, runImage: image };
}

/** Docker's official images: the whole one builds, the slim one runs. */
function slim(version: string, endOfSupport: string | null, image: string): RuntimeLine {
  const slimTag = image.startsWith("node:") ? "bookworm-slim" : "slim-bookworm";
  return { version, endOfSupport, buildImage: `${image}-bookworm`, runImage: `${image}-${slimTag}` };
}
