// Debian's own program, in directories of the test; curl tells whether what it made is trusted.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LocalAuthority, makeSelfSigned } from "../domains/certificates/local-authority.ts";
import { debianTrustStore, systemTrustStore, type TrustStore } from "./trust-store.ts";

const run = promisify(execFile);
const NAME = "web.us-east-1.apps.example.com";

let directory: string;
let store: TrustStore;
let server: Server;
let authority: LocalAuthority;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-trust-"));
  const [local, distributed, made, hooks] = ["local", "distributed", "made", "hooks"].map((name) =>
    join(directory, name),
  );
  for (const path of [local, distributed, made, hooks]) await mkdir(String(path));
  const settings = join(directory, "ca-certificates.conf");
  await writeFile(settings, "other.crt\n");
  await writeFile(
    join(directory, "distributed", "other.crt"),
    (await makeSelfSigned(["other.test"], Date.now())).chainPem,
  );
  store = systemTrustStore({
    directory: String(local),
    program: debianTrustStore.program,
    arguments: [
      "--certsconf",
      settings,
      "--certsdir",
      String(distributed),
      "--localcertsdir",
      String(local),
      "--etccertsdir",
      String(made),
      "--hooksdir",
      String(hooks),
    ],
  });
  const keeping = { load: () => Promise.resolve(null), save: () => Promise.resolve() };
  authority = await LocalAuthority.open({ domains: ["apps.example.com"], keeping, nowMs: Date.now() });
  const { chainPem: cert, keyPem: key } = await authority.issue([NAME], Date.now());
  server = createServer({ cert, key }, (_request, response) => response.end("served"));
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

async function curl(): Promise<string> {
  const place = `${NAME}:${(server.address() as AddressInfo).port}`;
  const trusted = join(directory, "made", "ca-certificates.crt");
  const options = ["--silent", "--show-error", "--max-time", "10", "--cacert", trusted];
  const { stdout } = await run("curl", [...options, "--resolve", `${place}:127.0.0.1`, `https://${place}/`]);
  return stdout;
}

test("what is installed is trusted, what is removed is not", async () => {
  await store.install("slipway-0123abcd", authority.pem);
  expect(await curl()).toBe("served");
  expect(await store.list("slipway-")).toEqual(["slipway-0123abcd"]);
  expect(await store.remove("slipway-0123abcd")).toBe(true);
  expect(await store.list("slipway-")).toEqual([]);
  await expect(curl()).rejects.toThrow(/local issuer certificate/);
  expect((await readdir(join(directory, "made"))).filter((file) => file.startsWith("slipway"))).toEqual([]);
  expect(await store.remove("slipway-0123abcd")).toBe(false);
});
