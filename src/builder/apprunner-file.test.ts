import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countProcessorMs, MEASURED } from "../../test/support/processor-time.ts";
import { BuildError } from "../ports/builder.ts";
import { parseAppRunnerFile } from "./apprunner-file.ts";

const smallest = "version: 1.0\nruntime: nodejs22\nrun:\n  command: npm start\n";

const whole = `# of a shop
version: 1.0
runtime: python311
build:
  commands:
    pre-build:
      - wget -c https://example.com/a.tgz -O - | tar -xz
    build:
      - pip3 install pipenv
      - |
        set -e
        python3 manage.py check
    post-build:
      - python3 manage.py test
  env:
    - name: DJANGO_SETTINGS_MODULE
      value: "shop.settings"
    - name: DEBUG
      value: 0
run:
  runtime-version: 3.11
  pre-run:
    - pip3 install -r requirements.txt
  command: pipenv run gunicorn shop.wsgi --log-file -
  network:
    port: 8000
    env: APP_PORT
  env:
    - name: MODE
      value: true
    - { name: PIN, value: 007 }
    - { name: RATE, value: 1e3 }
    - { name: LEVEL, value: 3.10 }
    - { name: NOTHING, value: "" }
    - { name: ABSENT, value: }
    - { name: ANSWER, value: yes }
    - { name: LONG, value: "a\\nb" }
  secrets:
    - name: DB_USER
      value-from: "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:username::"
    - name: DB_HOST
      value-from: db-host
`;

describe("apprunner.yaml", () => {
  it("is read with all its keys, and values keep the text they are written with", () => {
    const { runtime, ...file } = parseAppRunnerFile(whole);
    expect(runtime.name).toBe("PYTHON_311");
    expect(file).toStrictEqual({
      runtimeVersion: "3.11",
      preBuild: ["wget -c https://example.com/a.tgz -O - | tar -xz"],
      build: ["pip3 install pipenv", "set -e\npython3 manage.py check"],
      postBuild: ["python3 manage.py test"],
      preRun: ["pip3 install -r requirements.txt"],
      buildEnvironment: { DJANGO_SETTINGS_MODULE: "shop.settings", DEBUG: "0" },
      command: "pipenv run gunicorn shop.wsgi --log-file -",
      port: "8000",
      portVariable: "APP_PORT",
      environment: {
        MODE: "true",
        PIN: "007",
        RATE: "1e3",
        LEVEL: "3.10",
        NOTHING: "",
        ABSENT: "",
        ANSWER: "yes",
        LONG: "a\nb",
      },
      environmentSecrets: {
        DB_USER: "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:username::",
        DB_HOST: "db-host",
      },
    });
  });

  it("needs no more than version, runtime and start command", () => {
    expect(parseAppRunnerFile(smallest)).toMatchObject({
      runtimeVersion: null,
      preBuild: [],
      build: [],
      command: "npm start",
      port: null,
      portVariable: null,
      environment: {},
    });
  });

  it.each<[string, string]>([
    ["a version in quotes", smallest.replace("1.0", '"1.0"')],
    ["version: 1", smallest.replace("1.0", "1")],
    ["the wire's name of a runtime", smallest.replace("nodejs22", "NODEJS_22")],
    ["empty sections", `${smallest}  env:\n  secrets:\n  network:\n  pre-run:\nbuild:\n`],
    ["empty lists", `${smallest}  env: []\nbuild:\n  commands:\n    build: []\n`],
    ["null in other words", `${smallest}  env: ~\nbuild: null\n`],
    ["lines that end the Windows way", smallest.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\u{feff}${smallest}`],
    ["the start and end of a document", `---\n${smallest}...\n`],
    ["JSON", '{"version": 1.0, "runtime": "nodejs22", "run": {"command": "npm start"}}'],
    ["a folded command", smallest.replace("npm start", ">-\n    npm\n    start")],
    ["text with a tag that says so", smallest.replace("npm start", "!!str npm start")],
    ["tabs after the colon", smallest.replace("command: npm", "command:\tnpm")],
    ["another order", "run: {command: npm start}\nruntime: nodejs22\nversion: 1.0"],
    ["a directive", `%YAML 1.1\n---\n${smallest}`],
  ])("may have %s", (_what, text) => {
    expect(parseAppRunnerFile(text)).toMatchObject({ command: "npm start", preBuild: [], environment: {} });
  });

  it("may name a value once and use it again", () => {
    const text = `${smallest}  env: &env\n    - {name: A, value: &v "1"}\n    - {name: B, value: *v}\nbuild: {env: *env}\n`;
    const file = parseAppRunnerFile(text);
    expect(file.environment).toStrictEqual({ A: "1", B: "1" });
    expect(file.buildEnvironment).toStrictEqual({ A: "1", B: "1" });
  });

  it("lets the build have a PORT of its own, and PORT be named where it comes anyway", () => {
    const text = `${smallest}  network: {env: PORT}\nbuild: {env: [{name: PORT, value: 1}]}\n`;
    expect(parseAppRunnerFile(text)).toMatchObject({ portVariable: null, buildEnvironment: { PORT: "1" } });
  });
});

function messageOf(text: string): string {
  try {
    parseAppRunnerFile(text);
  } catch (error) {
    if (error instanceof BuildError && error.problem === "configuration") return error.message;
    throw error;
  }
  return "no error";
}

const RUNTIMES = "Valid ones: python3, python311, python312";

describe("a mistake in apprunner.yaml", () => {
  it.each<[string, string, string]>([
    ["an empty file", "", "1:1: version: missing; write version: 1.0"],
    ["only a comment", "# nothing\n", "1:1: version: missing; write version: 1.0"],
    [
      "no mapping",
      "npm start",
      "1:1: must be a mapping with the keys version, runtime, build, run; found text",
    ],
    [
      "another version",
      smallest.replace("1.0", "2.0"),
      '1:10: version: "2.0" is not known; write version: 1.0',
    ],
    ["an unknown runtime", smallest.replace("nodejs22", "nodejs21"), RUNTIMES],
    ["no runtime", smallest.replace("runtime: nodejs22\n", ""), RUNTIMES],
    [
      "a key with a letter missing",
      smallest.replace("command:", "comand:"),
      "4:3: run.comand: unknown key; did you mean command? Valid keys: runtime-version, pre-run, command, network, env, secrets",
    ],
    [
      "letters exchanged",
      `${smallest}  network:\n    prot: 80\n`,
      "6:5: run.network.prot: unknown key; did you mean port? Valid keys: port, env",
    ],
    ["an underscore", `${smallest}  pre_run: []\n`, "5:3: run.pre_run: unknown key; did you mean pre-run?"],
    [
      "a key of another kind",
      `${smallest}cpu: 1\n`,
      "5:1: cpu: unknown key. Valid keys: version, runtime, build, run",
    ],
    ["a key that is no word", `${smallest}? [a, b]\n: 1\n`, "5:3: a key must be plain text"],
    [
      "a section that is text",
      smallest.replace("run:\n  command: npm start", "run: npm start"),
      "3:6: run: must be a mapping with the keys runtime-version, pre-run, command, network, env, secrets; found text",
    ],
    [
      "one command instead of a list",
      `${smallest}build:\n  commands:\n    build: npm ci\n`,
      "7:12: build.commands.build: must be a list, such as `- npm ci`; found text",
    ],
    [
      "a command with a colon",
      `${smallest}build:\n  commands:\n    build:\n      - echo done: yes\n`,
      "8:9: build.commands.build[0]: must be a command as one text; found a mapping; put the command in quotes",
    ],
    [
      "an empty command",
      `${smallest}build:\n  commands:\n    build:\n      -\n      - npm ci\n`,
      "build.commands.build[0]: must be a command as one text; found nothing",
    ],
    [
      "a start command of blanks",
      smallest.replace("npm start", '"  "'),
      "4:12: run.command: must not be empty",
    ],
    ["a start command with NUL", smallest.replace("npm start", '"a\\0b"'), "must not hold the character NUL"],
    [
      "a list for the start command",
      smallest.replace("npm start", "[npm, start]"),
      "4:12: run.command: must be one text; found a list",
    ],
    ["no start command", smallest.replace("  command: npm start\n", ""), "run.command: missing"],
    [
      "a port of letters",
      `${smallest}  network: {port: http}\n`,
      '5:19: run.network.port: "http" is not a port',
    ],
    ["port 0", `${smallest}  network: {port: 0}\n`, '"0" is not a port; write a number from 1 to 65535'],
    ["port 70000", `${smallest}  network: {port: 70000}\n`, '"70000" is not a port'],
    [
      "PORT as a variable",
      `${smallest}  env:\n    - name: PORT\n      value: 1\n`,
      "6:13: run.env[0].name: PORT is set by the service to run.network.port; choose another name",
    ],
    [
      "PORT as a secret",
      `${smallest}  secrets: [{name: PORT, value-from: x}]\n`,
      "run.secrets[0].name: PORT is set",
    ],
    [
      "a reserved name",
      `${smallest}  env: [{name: AWSAPPRUNNER_X, value: x}]\n`,
      "names that begin with AWSAPPRUNNER",
    ],
    ["a name with =", `${smallest}  env: [{name: "A=B", value: x}]\n`, "must hold neither = nor NUL"],
    [
      "a name twice",
      `${smallest}  env:\n    - {name: A, value: 1}\n    - {name: A, value: 2}\n`,
      '7:14: run.env[1].name: "A" is given already in line 6',
    ],
    [
      "one name for a variable and a secret",
      `${smallest}  env: [{name: A, value: 1}]\n  secrets: [{name: A, value-from: x}]\n`,
      '6:20: run.secrets[0].name: "A" is given already in line 5',
    ],
    [
      "a mapping of variables",
      `${smallest}  env:\n    MODE: prod\n`,
      '6:5: run.env: must be a list, such as `- { name: NAME, value: "…" }`; found a mapping',
    ],
    ["a variable without value", `${smallest}  env: [{name: A}]\n`, "5:9: run.env[0].value: missing"],
    [
      "a list as a value",
      `${smallest}  env: [{name: A, value: [1]}]\n`,
      "run.env[0].value: must be one text",
    ],
    [
      "a secret without reference",
      `${smallest}  secrets: [{name: A}]\n`,
      "run.secrets[0].value-from: missing",
    ],
    [
      "an empty reference",
      `${smallest}  secrets: [{name: A, value-from: " "}]\n`,
      "5:35: run.secrets[0].value-from: is neither the ARN of a secret",
    ],
    [
      "what is no reference",
      `${smallest}  secrets: [{name: A, value-from: "arn:aws:s3:::bucket"}]\n`,
      "run.secrets[0].value-from: is an ARN of neither Secrets Manager nor Parameter Store",
    ],
    [
      "a version of another runtime",
      `${smallest}  runtime-version: 20\n`,
      '"20" is not a version of nodejs22',
    ],
    [
      "pre-run for a runtime that has none",
      smallest.replace("nodejs22", "ruby31") + "  pre-run: [bundle install]\n",
      "5:3: run.pre-run: ruby31 knows no pre-run commands; put them under build.commands.build",
    ],
    ["a key twice", `${smallest}run:\n  command: b\n`, "5:1: Map keys must be unique"],
    ["tabs for indentation", "run:\n\tcommand: x\n", "Tabs are not allowed as indentation"],
    ["a quote left open", 'version: "1.0\n', "Missing closing"],
    ["two documents", `${smallest}---\n${smallest}`, "5:1: a second document begins here"],
    ["a tag", `${smallest}  env: !!python/object:os.system []\n`, "a tag (!…) is not allowed here"],
    [
      "a merge key",
      `${smallest}<<: {a: 1}\n`,
      '5:1: "<<": merge keys are not supported; write the keys out.',
    ],
    ["an alias of nothing", smallest.replace("npm start", "*x"), "an alias needs its anchor (&…) before it"],
    ["an alias of itself", `${smallest}  env: &a [*a]\n`, "nested more than 20 levels deep"],
  ])("%s is named with its place and what would be right", (_what, text, expected) => {
    const message = messageOf(text);
    expect(message).toMatch(/^apprunner\.yaml:\d+:\d+: /);
    expect(message).toContain(expected);
  });

  it("is told together with the others, in the order of the file", () => {
    const text = "version: 3\nruntime: cobol\nrun:\n  network: {port: x}\n  env: [{name: PORT, value: 1}]\n";
    expect(
      messageOf(text)
        .replaceAll(/Valid ones.*/g, "…")
        .split("\n"),
    ).toStrictEqual([
      'apprunner.yaml:1:10: version: "3" is not known; write version: 1.0',
      'apprunner.yaml:2:10: runtime: "cobol" is not a runtime. …',
      "apprunner.yaml:4:3: run.command: missing; write the start command as one text, for example command: npm start",
      'apprunner.yaml:4:19: run.network.port: "x" is not a port; write a number from 1 to 65535',
      "apprunner.yaml:5:16: run.env[0].name: PORT is set by the service to run.network.port; choose another name",
    ]);
  });

  it("does not show values, and long lists of problems end", () => {
    const secret = "hunter2";
    expect(messageOf(`${smallest}  env: [{name: A, valeu: ${secret}}]\n`)).not.toContain(secret);
    const many = messageOf(smallest + Array.from({ length: 50 }, (_, index) => `k${index}: 1\n`).join(""));
    expect(many.split("\n")).toHaveLength(11);
    expect(many).toContain("… and 40 more");
  });
});

/** Nine times what the level below is. */
function bombLevel(level: number): string {
  const [below, name] = ["abcdefgh"[level], "bcdefghi"[level]];
  return `${name}: &${name} [${`*${below},`.repeat(9)}]`;
}

describe("a hostile apprunner.yaml", () => {
  it.each([
    ["brackets", "[".repeat(60_000)],
    ["sequences", `${"- ".repeat(30_000)}x`],
    ["maps", "{a: ".repeat(15_000)],
    ["aliases of one anchor", `x: &a 1\ny: [${"*a,".repeat(20_000)}]`],
    ["a bomb", ["a: &a [x]", ...Array.from({ length: 8 }, (_, level) => bombLevel(level))].join("\n")],
    ["anchors", "&a ".repeat(20_000)],
    ["quotes", '"'.repeat(65_000)],
  ])("of %s is refused within seconds", MEASURED, (_what, text) => {
    const spentMs = countProcessorMs();
    expect(messageOf(text)).toMatch(/^apprunner\.yaml:\d+:\d+: /);
    expect(spentMs()).toBeLessThan(5_000);
  });

  it("names no way into the objects of the program", () => {
    const text = `${smallest}  env:\n    - {name: __proto__, value: x}\n    - {name: constructor, value: y}\n`;
    expect(Object.entries(parseAppRunnerFile(text).environment)).toStrictEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    expect(messageOf(`${smallest}__proto__: {a: 1}\n`)).toContain("5:1: __proto__: unknown key");
  });

  it("of any kind ends in a file or in a BuildError", () => {
    const piece = fc.constantFrom(
      "version: 1.0",
      "runtime: nodejs22",
      "run:",
      "  command: x",
      "\n",
      "- ",
      "  ",
      "{",
      "}",
      "[",
      "]",
      ": ",
      "*a",
      "&a ",
      "!!x ",
      "? ",
      "|",
      ">",
      "'",
      '"',
      "#",
      "---\n",
      "env:",
      "name: ",
      "\t",
      "\u{0}",
      "%",
    );
    const garbage = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
      fc.array(piece, { maxLength: 10 }).map((pieces) => smallest + pieces.join("")),
    );
    fc.assert(
      fc.property(garbage, (text) => {
        const message = messageOf(text);
        expect(message === "no error" || /^apprunner\.yaml:\d+:\d+: /.test(message)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
