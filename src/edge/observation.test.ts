import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { edgeLayout } from "./layout.ts";
import { observeAll } from "./observation.ts";
import { answerCommands } from "./testing/command-line.ts";

const COLUMNS = "# pxname,svname,qcur,scur,slim,status,check_status,check_rise,check_fall,addr,uweight";

it("a look at everything asks once, and not for the rows of empty slots", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-edge-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const layout = edgeLayout(directory);
  await answerCommands(layout.masterSocket, () => "");
  const commands = await answerCommands(layout.runtimeSocket, (command) =>
    command.startsWith("show map") ? "" : `${COLUMNS}\nslot_7,i-1,,3,80,UP,L4OK,1,5,172.18.0.2:8080,1`,
  );
  const state = await observeAll(layout, new AbortController().signal);
  expect([...commands].sort()).toEqual([`show map ${layout.hostMap}`, "show stat -1 4 -1"]);
  expect([...state.slots.keys()]).toEqual([7]);
  expect(state.slots.get(7)).toMatchObject({ servers: [{ instanceId: "i-1", inFlight: 3 }] });
});
