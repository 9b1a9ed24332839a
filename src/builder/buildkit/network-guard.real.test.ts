/** The firewall of builds on this machine's real one: what is in place, when builds begin and end at the same time. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import { EngineApi } from "./engine-api.ts";
import { NetworkGuard } from "./network-guard.ts";

const OWNER = "b01dfa11";
const run = promisify(execFile);
const never = new AbortController().signal;
let guard: NetworkGuard;

beforeEach(() => {
  guard = new NetworkGuard(new EngineApi("/var/run/docker.sock"), OWNER, {});
});

afterEach(async () => {
  await guard.remove();
});

async function rules(): Promise<string> {
  return (await run("iptables", ["-w", "10", "-S"])).stdout;
}

/** Chains of this guard that packets are sent to. */
async function chainsInUse(): Promise<readonly string[]> {
  const jumps = (await rules()).matchAll(new RegExp(`^-A .* -j (SLW-${OWNER}-\\w+)$`, "gm"));
  return [...jumps].map(([, chain = ""]) => chain);
}

test("a build that begins while the last one ends has its firewall", async () => {
  for (let round = 0; round < 5; round++) {
    await guard.enter(never);
    const leaving = guard.leave();
    await waitFor(async () => !(await chainsInUse()).includes(`SLW-${OWNER}-BIN`), { everyMs: 1 });
    await guard.enter(never);
    await leaving;
    expect((await chainsInUse()).toSorted()).toEqual([`SLW-${OWNER}-BFW`, `SLW-${OWNER}-BIN`]);
    await guard.leave();
    expect(await chainsInUse()).toEqual([]);
  }
});

test("a build that cannot begin leaves nothing behind", async () => {
  const controller = new AbortController();
  const entering = guard.enter(controller.signal);
  await waitFor(async () => (await rules()).includes(OWNER), { everyMs: 1 });
  controller.abort(new Error("given up"));
  await entering.then(
    () => guard.leave(),
    () => undefined,
  );
  expect(await rules()).not.toContain(OWNER);
});
