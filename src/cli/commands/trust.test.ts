import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HangUp, slipway, startFakeApi } from "../testing/fake-api.ts";
import { systemTrustStore, type TrustStore, type TrustStorePlace } from "../trust-store.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const FINGERPRINT = "0123456789abcdef".repeat(4);
const NAME = "slipway-01234567";
const answers = { GetLocalAuthority: () => ({ Certificate: PEM, Fingerprint: FINGERPRINT }) };
const gone = {
  GetLocalAuthority: () => {
    throw new HangUp();
  },
};

let directory: string;
let place: TrustStorePlace;
let trustStore: TrustStore;

/** The program writes down what it saw when it ran. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-trust-"));
  const store = join(directory, "ca-certificates");
  const program = join(directory, "update");
  await mkdir(store);
  await writeFile(program, '#!/bin/sh\nls "$1" > "$1/../seen"\n');
  await chmod(program, 0o755);
  place = { directory: store, program, arguments: [store] };
  trustStore = systemTrustStore(place);
});

afterEach(() => rm(directory, { recursive: true }));

function seenByProgram(): Promise<string> {
  return readFile(join(directory, "seen"), "utf8");
}

test("installs the authority and says where else it may be wanted", async () => {
  await using api = await startFakeApi(answers);
  const { exitCode, out, err } = await slipway(api, ["trust"], { trustStore });
  expect(exitCode).toBe(0);
  expect(out).toContain(`This machine trusts Slipway's authority now (${place.directory}/${NAME}.crt).`);
  expect(out).toContain("SHA-256 01:23:45:67:89:AB:CD:EF");
  expect(err).toContain(`certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${NAME}`);
  expect(await readFile(join(place.directory, `${NAME}.crt`), "utf8")).toBe(PEM);
  expect(await seenByProgram()).toBe(`${NAME}.crt\n`);
});

test("installed twice it is the same, and removed it is gone", async () => {
  await using api = await startFakeApi(answers);
  await slipway(api, ["trust"], { trustStore });
  const again = await slipway(api, ["trust", "--json"], { trustStore });
  const file = join(place.directory, `${NAME}.crt`);
  expect(JSON.parse(again.out)).toEqual({ Action: "installed", File: file, Fingerprint: FINGERPRINT });
  const removed = await slipway(api, ["trust", "--remove", "--json"], { trustStore });
  expect(JSON.parse(removed.out)).toEqual({ Action: "removed", File: file });
  expect(await seenByProgram()).toBe("");
  const absent = await slipway(api, ["trust", "--remove"], { trustStore });
  expect(absent).toMatchObject({ exitCode: 0, err: `It was not trusted: there is no ${file}.` });
});

test("removes the only one without a control plane, and asks which one of several", async () => {
  await using api = await startFakeApi(gone);
  const none = await slipway(api, ["trust", "--remove"], { trustStore });
  expect(none.err).toMatch(/none is trusted.*\n.*nothing to do/);
  await writeFile(join(place.directory, "slipway-aaaaaaaa.crt"), PEM);
  await writeFile(join(place.directory, "other.crt"), PEM);
  expect((await slipway(api, ["trust", "--remove"], { trustStore })).exitCode).toBe(0);
  expect(await readdir(place.directory)).toEqual(["other.crt"]);
  for (const id of ["aaaaaaaa", "bbbbbbbb"]) await writeFile(join(place.directory, `slipway-${id}.crt`), PEM);
  const several = await slipway(api, ["trust", "--remove"], { trustStore });
  expect(several.exitCode).toBe(1);
  expect(several.err).toContain("sudo rm");
  expect(await readdir(place.directory)).toHaveLength(3);
});

test("exports to a file and to standard output", async () => {
  await using api = await startFakeApi(answers);
  const written = new Map<string, string>();
  const toFile = await slipway(api, ["trust", "--export", "slipway.pem"], { trustStore, written });
  expect(written).toEqual(new Map([["/home/ada/shop/slipway.pem", PEM]]));
  expect(toFile.out).toMatch(/^\/home\/ada\/shop\/slipway\.pem: SHA-256 01:23/);
  expect((await slipway(api, ["trust", "--export", "-"], { trustStore })).out).toBe(PEM.trimEnd());
  const json = await slipway(api, ["trust", "--export", "-", "--json"], { trustStore });
  expect(JSON.parse(json.out)).toEqual({
    Action: "exported",
    File: "-",
    Fingerprint: FINGERPRINT,
    Certificate: PEM,
  });
  expect(await readdir(place.directory)).toEqual([]);
});

test("a store that cannot be written is told with the line that does it", async () => {
  await using api = await startFakeApi(answers);
  // A directory in its place: root may write everywhere else.
  await mkdir(join(place.directory, `${NAME}.crt.new`));
  const { exitCode, err } = await slipway(api, ["trust"], { trustStore });
  expect(exitCode).toBe(1);
  expect(err).toContain(`cannot be written: EISDIR.`);
  expect(err).toContain(
    `slipway trust --export - | sudo tee ${place.directory}/${NAME}.crt > /dev/null && sudo ${place.program}`,
  );
});

test("a system without such a store is told what to do by hand", async () => {
  await using api = await startFakeApi(answers);
  const elsewhere = systemTrustStore({ ...place, program: join(directory, "no-such-program") });
  const { exitCode, err } = await slipway(api, ["trust"], { trustStore: elsewhere });
  expect(exitCode).toBe(1);
  expect(err).toMatch(/not where Debian keeps it.*\n.*slipway trust --export slipway\.pem/);
});

test("a program that fails is told with its last words", async () => {
  await using api = await startFakeApi(answers);
  await writeFile(place.program, "#!/bin/sh\necho disk full >&2\nexit 3\n");
  const { exitCode, err } = await slipway(api, ["trust"], { trustStore });
  expect(exitCode).toBe(1);
  expect(err).toContain("disk full");
});

test("--remove and --export do not go together", async () => {
  expect((await slipway(null, ["trust", "--remove", "--export", "x"], { trustStore })).exitCode).toBe(2);
});

test("--help has examples, and says how far the trust goes", async () => {
  const { out } = await slipway(null, ["trust", "--help"]);
  expect(out).toContain("$ slipway trust --export slipway.pem");
  expect(out).toContain("names below the base domain only");
});
