import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HangUp, slipway, startFakeApi } from "../testing/fake-api.ts";
import { systemTrustStore, type TrustStore, type TrustStorePlace } from "../trust-store.ts";

/** Self-signed, of an authority; nobody has its key. */
const PEM = `-----BEGIN CERTIFICATE-----
MIIBpzCCAUygAwIBAgIUTSa/QvXHTMkVvaGUpNyxYHJ3RJ4wCgYIKoZIzj0EAwIw
JzElMCMGA1UEAwwcU2xpcHdheSBsb2NhbCBhdXRob3JpdHkgdGVzdDAeFw0yNjEx
MjEwODAxMDRaFw0zNjExMjAwODAxMDRaMCcxJTAjBgNVBAMMHFNsaXB3YXkgbG9j
YWwgYXV0aG9yaXR5IHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATqn7qr
xkGOgkBV83SQnMLQ/e1wO8+C1CLswZQgvUAqpPOC+mFh0VkTaUyy+E6OyoRBbTzU
7T0gq9u79dvaUuMoo1YwVDAdBgNVHQ4EFgQUmKb10P5EcxF0x7+FG9klTXGx9Hsw
HwYDVR0jBBgwFoAUmKb10P5EcxF0x7+FG9klTXGx9HswEgYDVR0TAQH/BAgwBgEB
/wIBADAKBggqhkjOPQQDAgNJADBGAiEAklqgdTZc/il75LO5wPKmC3VwpSp1EHSj
91NXW72dKosCIQClZXZn7wzHL25vELmODkka5uXnMG5xzELJu0NtJmtUrw==
-----END CERTIFICATE-----
`;
const FINGERPRINT = "251cb7bb29906f5a4d6a24dff6e3e9f46884be95c6a8576d4bf4e21784095c9d";
const NAME = "slipway-251cb7bb";
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
  expect(out).toContain("SHA-256 25:1C:B7:BB:29:90:6F:5A");
  expect(err).toContain(`certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${NAME}`);
  expect(await readFile(join(place.directory, `${NAME}.crt`), "utf8")).toBe(PEM);
  expect(await seenByProgram()).toBe(`${NAME}.crt\n`);
});

test("what is installed, and as what, is the certificate's own, whatever the answer says beside it", async () => {
  const others = PEM + PEM.replaceAll("QClZXZn7wzHL25v", "QClZXZn7wzHL25w");
  await using api = await startFakeApi({
    GetLocalAuthority: () => ({ Certificate: others, Fingerprint: "/../../../etc/x" }),
  });
  expect((await slipway(api, ["trust"], { trustStore })).out).toContain("SHA-256 25:1C:B7:BB");
  expect(await readdir(place.directory)).toEqual([`${NAME}.crt`]);
  expect(await readFile(join(place.directory, `${NAME}.crt`), "utf8")).toBe(PEM);
});

test.each([
  ["nonsense", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
  [
    "a server's certificate",
    `-----BEGIN CERTIFICATE-----
MIIBdDCCARqgAwIBAgIUMVLgDcacqV742+eRSkaWnkn4EdMwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGc2VydmVyMB4XDTI2MTEyMTA4MDEwNFoXDTM2MTEyMDA4MDEw
NFowETEPMA0GA1UEAwwGc2VydmVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
Jsgqty0umBRY2o5xynRnDkDW6k9tO63FcI/7wo8uA2J3xrzZR39Z+5VmTIAuCYD/
ljLSFPKlUYMvz6pApxbyFaNQME4wHQYDVR0OBBYEFBXiMx/jIoePsFn2r0jV3vGd
w/feMB8GA1UdIwQYMBaAFBXiMx/jIoePsFn2r0jV3vGdw/feMAwGA1UdEwEB/wQC
MAAwCgYIKoZIzj0EAwIDSAAwRQIgUn+U1QXD7o0WEjctKoAOyFCyDtQz4AsEXJ6M
x8ilGa8CIQDw83Gs9DAezf4UwjOdHhxB4AiXajKCwxKBP6xNZRNWIA==
-----END CERTIFICATE-----
`,
  ],
])("%s is not trusted", async (_what, Certificate) => {
  await using api = await startFakeApi({
    GetLocalAuthority: () => ({ Certificate, Fingerprint: FINGERPRINT }),
  });
  const { exitCode, err } = await slipway(api, ["trust"], { trustStore });
  expect(exitCode).toBe(1);
  expect(err).toContain("not the certificate of an authority");
  expect(await readdir(place.directory)).toEqual([]);
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
  expect(toFile.out).toMatch(/^\/home\/ada\/shop\/slipway\.pem: SHA-256 25:1C/);
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
