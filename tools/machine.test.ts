/** What ./quickstart says on machines where it cannot go on. Commands of the machine are replaced by functions. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const SCRIPT = join(import.meta.dirname, "machine.sh");

function run(code: string) {
  const { status, stderr } = spawnSync(
    "bash",
    ["-euo", "pipefail", "-c", `source "$1"; ${code}`, "test", SCRIPT],
    { encoding: "utf8" },
  );
  return { status, stderr };
}

test.each([
  [
    "another system",
    "is_debian() { return 1; }; has() { [[ $1 != haproxy ]]; }; install_missing dockerd:docker.io haproxy:haproxy",
    "haproxy",
  ],
  ["no Node", "has() { [[ $1 != node ]]; }; require_node", "Install Node 20 or newer"],
  [
    "an old Node",
    "node() { [[ $1 == -v ]] && echo v18.20.8 || echo 18; }; require_node",
    "Node v18.20.8 is too old",
  ],
  [
    "neither root nor sudo",
    "has() { [[ $1 != sudo ]]; }; require_rights_of 1000",
    "Run it as root, or install sudo.",
  ],
  [
    "a password and nobody to type it",
    "has() { true; }; sudo() { return 1; }; require_rights_of 1000 < /dev/null",
    "nobody is here to type it",
  ],
  [
    "packages that cannot be had",
    "has() { false; }; is_debian() { true; }; apt_get() { echo 'E: no network'; return 100; }; POLICY=/dev/null; install_missing wrk:wrk",
    "E: no network",
  ],
  [
    "an engine that does not start",
    "has_systemd() { false; }; engine_answers() { false; }; STARTED_ENGINE_PID=; ENGINE_WAIT_S=0; as_root() { [[ $1 != tail ]] || echo 'no overlay'; }; start_engine",
    "could not be started",
  ],
])("%s: an error that says what to do", (_what, code, message) => {
  const { status, stderr } = run(code);
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(stderr).toMatch(/^error: /m);
});

test("what is there is not installed again, and one package is named once", () => {
  expect(run("has() { true; }; apt_get() { exit 9; }; install_missing wrk:wrk")).toEqual({
    status: 0,
    stderr: "",
  });
  const { stderr } = run(
    "INSTALLED=0; has() { ((INSTALLED == 1)); }; is_debian() { true; }; install_packages() { INSTALLED=1; }; install_missing dockerd:docker.io docker:docker.io wrk:wrk",
  );
  expect(stderr).toBe("• Installing docker.io wrk\n");
});

const RECOMMENDED =
  "install_recommended 'no source code is built' mmdebstrap:mmdebstrap sh:dash /none/keyring.gpg:debian-archive-keyring";

test.each([
  ["on another system", "is_debian() { return 1; }", ""],
  [
    "that cannot be had",
    "is_debian() { true; }; apt_get() { echo 'E: no network' >&2; return 100; }; POLICY=/dev/null",
    "• Installing mmdebstrap debian-archive-keyring (recommended)\n",
  ],
])("what is only recommended holds nothing up %s, and what is lost is said", (_what, machine, first) => {
  const hasShell = "has() { [[ $1 == sh ]]; }";
  expect(run(`${machine}; ${hasShell}; ${RECOMMENDED}; echo 'went on' >&2`)).toEqual({
    status: 0,
    stderr: `${first}  Without mmdebstrap debian-archive-keyring no source code is built.\nwent on\n`,
  });
});

test("what is recommended is installed once", () => {
  const { status, stderr } = run(
    `INSTALLED=$(mktemp -u); has() { [[ $1 == sh || -e $INSTALLED ]]; }; is_debian() { true; }; apt_get() { touch "$INSTALLED"; }; POLICY=/dev/null; ${RECOMMENDED}; ${RECOMMENDED}; rm "$INSTALLED"`,
  );
  expect([status, stderr]).toEqual([0, "• Installing mmdebstrap debian-archive-keyring (recommended)\n"]);
});

test("a failing start of the engine under systemd points to its journal", () => {
  const { status, stderr } = run("has_systemd() { true; }; as_root() { false; }; start_engine");
  expect([status, stderr]).toEqual([1, expect.stringContaining("journalctl -u docker")]);
});
