import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { edgeLayout } from "./layout.ts";
import { observeAll } from "./observation.ts";

const COLUMNS = "# pxname,svname,qcur,scur,slim,status,check_status,check_rise,check_fall,addr,uweight";

/** A HAProxy of which only the command line is there; returns what it was asked. */
async function answering(path: string, answer: (command: string) => string): Promise<readonly string[]> {
  const commands: string[] = [];
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setEncoding("utf8").once("data", (line: string) => {
      commands.push(line.trim());
      socket.end(`${answer(line.trim())}\n\n`);
    });
  }).listen(path);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return commands;
}

it("a look at everything asks once, and not for the rows of empty slots", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-edge-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const layout = edgeLayout(directory);
  await answering(layout.masterSocket, () => "");
  const commands = await answering(layout.runtimeSocket, (command) =>
    command.startsWith("show map")
      ? "0x1 web.test slot_7/100/slot_7"
      : `${COLUMNS}\nslot_7,i-1,,3,80,UP,L4OK,1,5,172.18.0.2:8080,1`,
  );
  const state = await observeAll(layout, new AbortController().signal);
  expect([...commands].sort()).toEqual([`show map ${layout.hostMap}`, "show stat -1 4 -1"]);
  expect([...state.slots.keys()]).toEqual([7]);
  expect(state.slots.get(7)).toMatchObject({ servers: [{ instanceId: "i-1", inFlight: 3 }] });
  expect([...state.routes.keys()]).toEqual(["web.test"]);
});
