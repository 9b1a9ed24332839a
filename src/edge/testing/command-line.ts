/** HAProxy's command line without HAProxy, for tests of what it is asked. */
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { onTestFinished } from "vitest";

/** Answers each line on this socket until the test ends; returns the lines. */
export async function answerCommands(
  path: string,
  answer: (line: string) => string,
): Promise<readonly string[]> {
  const lines: string[] = [];
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setEncoding("utf8").once("data", (line: string) => {
      lines.push(line.trim());
      socket.end(`${answer(line.trim())}\n\n`);
    });
  }).listen(path);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return lines;
}
