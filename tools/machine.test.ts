/** What ./quickstart says on machines where it cannot go on. Commands of the machine are replaced by functions. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const SCRIPT = join(import.meta.dirname, "machine.sh");

function run(code: string) {
  // Without --norc bash takes a socket as its input for a remote shell, and reads what is meant for people.
  const { status, stderr } = spawnSync(
    "bash",
    ["--norc", "-euo", "pipefail", "-c", `source "$1"; ${code}`, "test", SCRIPT],
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

test.each([
  [
    "of before",
    "1700000000 1795000000",
    "3",
    "• Uses the installation of 2023-11-14 in /state, with 3 services\n",
  ],
  [
    "whose file system keeps no making",
    "0 1700000000",
    "1",
    "• Uses the installation of 2023-11-14 in /state, with 1 service\n",
  ],
  ["made just now", "1795000000 1795000000", "0", ""],
])("an installation %s is told, or is nobody's surprise", (_what, times, services, said) => {
  const machine = `export TZ=UTC; as_root() { [[ $4 == /state/slipway.db ]] && echo ${times}; }`;
  expect(run(`${machine}; tell_found /state ${services} 1790000000`)).toEqual({ status: 0, stderr: said });
});

test("a state directory without a database is told nothing of", () => {
  expect(run("as_root() { return 1; }; tell_found /state 0 1790000000")).toEqual({ status: 0, stderr: "" });
});
