import { describe, expect, it } from "vitest";
import { startArguments } from "./start-command.ts";

describe("a start command", () => {
  it.each<[string, readonly string[]]>([
    ["npm start", ["npm", "start"]],
    ["./main", ["./main"]],
    ["node server.js --name 'a b' \"c $\"", ["/bin/sh", "-c", "node server.js --name 'a b' \"c $\""]],
    ["node server.js --name 'a $b' \"c; d\"", ["node", "server.js", "--name", "a $b", "c; d"]],
    ["java -jar target/app.jar", ["java", "-jar", "target/app.jar"]],
    ["gunicorn shop.wsgi --log-file -", ["gunicorn", "shop.wsgi", "--log-file", "-"]],
    ["echo a\\$b", ["echo", "a$b"]],
    ['echo "a\\$b"', ["echo", "a$b"]],
  ])("%s", (command, expected) => {
    expect(startArguments(command, "run.command")).toStrictEqual(expected);
  });

  it.each([
    "a && b",
    "a; b",
    "a | b",
    "a $PORT",
    'a "$PORT"',
    "a `b`",
    "a > b",
    "a < b",
    "a *.js",
    "a [ab]",
    "a ~/b",
    "a {b,c}",
    "a # b",
    "(a)",
    "! a",
    "MODE=prod node a.js",
    "cd web",
    `"it's" $X 'a'`,
    "exec node a.js",
    ". .venv/bin/activate",
    "a\nb",
    'a "b\\"c" $D',
  ])("%j needs a shell", (command) => {
    expect(startArguments(command, "run.command")).toStrictEqual(["/bin/sh", "-c", command]);
  });

  it("that cannot be one is refused with its place", () => {
    expect(() => startArguments('node "a', "run.command")).toThrow('run.command: a " is never closed');
    expect(() => startArguments(" ", "run.command")).toThrow("run.command: the command is empty");
    expect(() => startArguments("a\0", "run.command")).toThrow(
      "run.command: must not hold the character NUL",
    );
  });
});
