/** Certificates in a real HAProxy: which one a client gets, when, and after which accidents. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import { certificateFile } from "./certificate-file.ts";
import { CertificateFiles } from "./certificate-files.ts";
import { loadedCommands } from "./certificate-list.ts";
import type { HaproxyEdge } from "./haproxy-edge.ts";
import { runCommand } from "./runtime-socket.ts";
import { stopEdge } from "./supervisor.ts";
import { makeAuthority, makeCertificate, type TestCertificate, testId } from "./testing/certificates.ts";
import { until } from "./testing/client.ts";
import { signal, Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 4 }, signal);
});
afterEach(async () => bench.dispose());

/** Fingerprint of what a client gets for this name; the problem when it gets nothing. */
const shown = async (name: string, edge: HaproxyEdge = bench.edge): Promise<string> => {
  const result = await edge.handshake(name, signal);
  return result.isDone ? result.fingerprint : result.problem;
};

const ask = async (text: string): Promise<string> => runCommand(bench.layout.runtimeSocket, text, signal);

const defaultFingerprint = async (): Promise<string> => {
  const pem = await readFile(bench.layout.defaultCertificate, "utf8");
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
};

/** What HAProxy has, without the default certificate. */
const loaded = async (): Promise<readonly string[]> => {
  const [certificates = ""] = await Promise.all(loadedCommands(bench.layout).map(ask));
  return certificates.split("\n").filter((line) => /^[*]?\/.*-[0-9a-f]{16}[.]pem$/.test(line));
};

const killWorker = async (): Promise<void> => {
  const { worker } = await bench.pids();
  process.kill(worker, "SIGKILL");
  await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
};

it("shows a certificate to who asks for its names, and the neutral one to all others", async () => {
  const shop = await makeCertificate(["shop.test", "*.shop.test"], { issuer: await makeAuthority() });
  expect(await shown("shop.test")).toBe(await defaultFingerprint());
  const before = await bench.pids();
  await bench.edge.setCertificate(shop, signal);
  for (const name of ["shop.test", "SHOP.test", "a.shop.test", "*.shop.test"])
    expect(await shown(name)).toBe(shop.fingerprint);
  for (const name of ["a.b.shop.test", "test", "127.0.0.1", "no.test"])
    expect(await shown(name)).toBe(await defaultFingerprint());
  expect(bench.edge.certificates()).toEqual(new Map([[shop.id, shop.fingerprint]]));
  expect(await bench.pids()).toEqual(before);
});

it("renews for the very next handshake while connections go on", async () => {
  const old = await makeCertificate(["shop.test"]);
  const other = await makeCertificate(["other.test"]);
  await bench.edge.setCertificate(old, signal);
  await bench.edge.setCertificate(other, signal);
  const client = connect({ port: bench.tlsPort, servername: "shop.test", rejectUnauthorized: false });
  await once(client, "secureConnect");
  for (let round = 0; round < 5; round += 1) {
    const renewed = await makeCertificate(["shop.test"], { id: old.id });
    await bench.edge.setCertificate(renewed, signal);
    expect(await shown("shop.test")).toBe(renewed.fingerprint);
    expect(await shown("other.test")).toBe(other.fingerprint);
  }
  expect(await answer(client, "shop.test")).toMatch(/^HTTP\/1.1 421/);
  expect(await loaded()).toHaveLength(2);
  client.destroy();
});

const answer = async (client: TLSSocket, host: string): Promise<string> => {
  client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const [chunk] = (await once(client, "data")) as [Buffer];
  return chunk.toString("latin1");
};

it("shows the newer of two for a name, exact before wildcard, and the other again when it goes", async () => {
  const older = await makeCertificate(["a.shop.test", "b.shop.test"]);
  const newer = await makeCertificate(["b.shop.test", "c.shop.test"]);
  const wildcard = await makeCertificate(["*.shop.test"]);
  for (const certificate of [older, newer, wildcard, older])
    await bench.edge.setCertificate(certificate, signal);
  const all = async (): Promise<readonly string[]> =>
    Promise.all(["a", "b", "c", "d"].map((label) => shown(`${label}.shop.test`)));
  const expected = [older, newer, newer, wildcard].map(({ fingerprint }) => fingerprint);
  expect(await all()).toEqual(expected);
  await killWorker();
  expect(await all()).toEqual(expected);
  await bench.edge.removeCertificate(newer.id, signal);
  expect(await all()).toEqual([older, older, wildcard, wildcard].map(({ fingerprint }) => fingerprint));
  const usurper = await makeCertificate(["a.shop.test", "b.shop.test"]);
  await bench.edge.setCertificate(usurper, signal);
  expect(await loaded()).toHaveLength(2);
  expect([...bench.edge.certificates().keys()]).toEqual([older.id, wildcard.id, usurper.id]);
  await bench.edge.removeCertificate(usurper.id, signal);
  expect(await shown("a.shop.test")).toBe(older.fingerprint);
});

it("gives other names to a certificate without a moment in which it has none", async () => {
  const shop = await makeCertificate(["shop.test", "www.shop.test"]);
  await bench.edge.setCertificate(shop, signal);
  const seen = new Set<string>();
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) seen.add(await shown("shop.test"));
  })();
  for (let round = 0; round < 20; round += 1) {
    const names = round % 2 === 0 ? ["shop.test"] : ["shop.test", "www.shop.test"];
    await bench.edge.setCertificate({ ...shop, names }, signal);
  }
  over.abort();
  await looking;
  expect([...seen]).toEqual([shop.fingerprint]);
  await bench.edge.setCertificate({ ...shop, names: ["shop.test"] }, signal);
  expect(await shown("www.shop.test")).toBe(await defaultFingerprint());
});

it("forgets a removed one, on disk too, and does not mind removing it again", async () => {
  const shop = await makeCertificate(["shop.test"]);
  await bench.edge.setCertificate(shop, signal);
  await bench.edge.removeCertificate(shop.id, signal);
  await bench.edge.removeCertificate(shop.id, signal);
  expect(await shown("shop.test")).toBe(await defaultFingerprint());
  expect(await loaded()).toEqual([]);
  expect(await readdir(bench.layout.certificateDirectory)).toEqual(["default.pem", "list"]);
  await killWorker();
  expect(await shown("shop.test")).toBe(await defaultFingerprint());
});

it("has all of them at once when HAProxy comes back, with nobody to help it", async () => {
  const shop = await makeCertificate(["shop.test"]);
  await bench.edge.setCertificate(shop, signal);
  await killWorker();
  expect(await shown("shop.test")).toBe(shop.fingerprint);
});

it("takes changes while HAProxy is killed again and again", async () => {
  for (let round = 0; round < 4; round += 1) {
    const { worker } = await bench.pids();
    const [shop, gone] = [await makeCertificate(["shop.test"]), await makeCertificate(["gone.test"])];
    await bench.edge.setCertificate(gone, signal);
    process.kill(worker, "SIGKILL");
    await bench.edge.setCertificate(shop, signal);
    await bench.edge.removeCertificate(gone.id, signal);
    await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
    await bench.edge.prepare({ minimumSlots: 4 }, signal);
    expect(await shown("shop.test")).toBe(shop.fingerprint);
    expect(await shown("gone.test")).toBe(await defaultFingerprint());
  }
  expect(await loaded()).toHaveLength(1);
});

it("is finished by the next control plane wherever one was killed", async () => {
  const [kept, replaced] = [await makeCertificate(["kept.test"]), await makeCertificate(["replaced.test"])];
  const [written, stray] = [await makeCertificate(["written.test"]), await makeCertificate(["stray.test"])];
  await bench.edge.setCertificate(kept, signal);
  await bench.edge.setCertificate(replaced, signal);
  const at = (fileName: string): string => join(bench.layout.certificateDirectory, fileName);
  const write = async (text: string, fileName: string): Promise<void> =>
    writeFile(at(fileName), text, { mode: 0o600 });
  // A new file without its line in the list; a replacement beside the replaced; half a file.
  const renewed = await makeCertificate(["replaced.test"], { id: replaced.id });
  for (const file of [certificateFile(written, 8), certificateFile(renewed, 9)])
    await write(file.text, file.fileName);
  await write("half", `${testId(99)}-0123456789abcdef.pem.new`);
  // Commands of which the last ones are missing.
  const [lost, begun] = [at("lost-0123456789abcdef.pem"), at("begun-0123456789abcdef.pem")];
  await ask(`new ssl cert ${lost}`);
  const strayFile = certificateFile(stray, 1);
  await ask(
    `new ssl cert ${at(strayFile.fileName)};set ssl cert ${at(strayFile.fileName)} <<\n${strayFile.pem}`,
  );
  await ask(`commit ssl cert ${at(strayFile.fileName)}`);
  await ask(
    `add ssl crt-list ${bench.layout.certificateList} <<\n${at(strayFile.fileName)} kept.test stray.test\n`,
  );
  await ask(`new ssl cert ${begun};set ssl cert ${begun} <<\n${strayFile.pem}`);
  expect((await loaded()).some((path) => path.startsWith("*"))).toBe(true);

  const before = await bench.pids();
  const next = bench.anotherEdge();
  await next.prepare({ minimumSlots: 4 }, signal);
  expect(await shown("kept.test", next)).toBe(kept.fingerprint);
  expect(await shown("replaced.test", next)).toBe(renewed.fingerprint);
  expect(await shown("written.test", next)).toBe(written.fingerprint);
  expect(await shown("stray.test", next)).toBe(await defaultFingerprint());
  expect(await loaded()).toHaveLength(3);
  expect(await readdir(bench.layout.certificateDirectory)).toHaveLength(5);
  expect(await bench.pids()).toEqual(before);
});

it("moves damaged files aside and serves what is whole", async () => {
  const [good, bad] = [await makeCertificate(["good.test"]), await makeCertificate(["bad.test"])];
  await bench.edge.setCertificate(good, signal);
  await bench.edge.setCertificate(bad, signal);
  const names = await readdir(bench.layout.certificateDirectory);
  const damaged = names.find((name) => name.startsWith(bad.id)) ?? "";
  await writeFile(join(bench.layout.certificateDirectory, damaged), bad.chainPem);
  await writeFile(join(bench.layout.certificateDirectory, "strange.pem"), "garbage");
  await writeFile(bench.layout.certificateList, "garbage\n");
  await writeFile(bench.layout.defaultCertificate, good.chainPem + bad.keyPem);
  process.kill((await bench.pids()).worker, "SIGKILL");
  await until(async () => (await bench.edge.observe(signal)) === "unknown", "HAProxy to be gone");

  await bench.edge.prepare({ minimumSlots: 4 }, signal);
  expect(await shown("good.test")).toBe(good.fingerprint);
  expect(await shown("bad.test")).toBe(await defaultFingerprint());
  expect(bench.edge.certificates()).toEqual(new Map([[good.id, good.fingerprint]]));
  expect((await readdir(bench.layout.brokenDirectory)).sort()).toEqual([damaged, "strange.pem"].sort());
  expect(bench.messages.join("\n")).toContain(
    `${damaged} is not readable as a certificate of the edge; moved to`,
  );
  await bench.edge.setCertificate(bad, signal);
  expect(await shown("bad.test")).toBe(bad.fingerprint);
});

it("touches nothing when a certificate cannot be used", async () => {
  const [shop, other] = [await makeCertificate(["shop.test"]), await makeCertificate(["other.test"])];
  await bench.edge.setCertificate(shop, signal);
  const files = await readdir(bench.layout.certificateDirectory);
  const wrong = bench.edge.setCertificate({ ...other, id: shop.id, keyPem: shop.keyPem }, signal);
  await expect(wrong).rejects.toThrow(/^EdgeCertificate.keyPem: does not belong/);
  expect(await readdir(bench.layout.certificateDirectory)).toEqual(files);
  expect(await shown("shop.test")).toBe(shop.fingerprint);
});

/** HAProxy refuses this signature; that it is weak stands where Node does not tell. */
const refusedCertificate = async (name: string, id: string): Promise<TestCertificate> => {
  const key = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), saltLength: 20 };
  const issuer = await makeAuthority({ ...key, name: "RSA-PSS", hash: "SHA-1" });
  return makeCertificate([name], { id, issuer });
};

it("goes on with the one before when HAProxy refuses a certificate", async () => {
  const shop = await makeCertificate(["shop.test"]);
  await bench.edge.setCertificate(shop, signal);
  const files = await readdir(bench.layout.certificateDirectory);
  const refused = await refusedCertificate("shop.test", shop.id);
  await expect(bench.edge.setCertificate(refused, signal)).rejects.toThrow(
    /^EdgeCertificate: is refused by HAProxy/,
  );
  expect(await shown("shop.test")).toBe(shop.fingerprint);
  expect(bench.edge.certificates()).toEqual(new Map([[shop.id, shop.fingerprint]]));
  expect(await readdir(bench.layout.certificateDirectory)).toEqual(files);
  await killWorker();
  expect(await shown("shop.test")).toBe(shop.fingerprint);
});

it("starts without the certificates that HAProxy refuses", async () => {
  const shop = await makeCertificate(["shop.test"]);
  await bench.edge.setCertificate(shop, signal);
  await stopEdge({ stateDirectory: bench.stateDirectory, drainMs: 0 });
  const files = new CertificateFiles(bench.layout, () => undefined);
  await files.reconcile();
  const names = ["a.bad.test", "b.bad.test", "c.bad.test"];
  for (const [index, name] of names.entries())
    await files.set(certificateFile(await refusedCertificate(name, testId(1_000 + index)), 9 + index));
  const next = bench.anotherEdge();
  await next.prepare({ minimumSlots: 4 }, signal);
  expect(await shown("shop.test", next)).toBe(shop.fingerprint);
  for (const name of names) expect(await shown(name, next)).toBe(await defaultFingerprint());
  expect(await readdir(bench.layout.brokenDirectory)).toHaveLength(3);
  expect(bench.messages.join("\n")).toContain("keeps HAProxy from starting; moved to");
});

it("takes a chain as long as HAProxy's buffer allows, and says so of a longer one", async () => {
  const issuer = await makeAuthority();
  const shop = await makeCertificate(["shop.test"], { issuer });
  const link = shop.chainPem.slice(shop.chainPem.lastIndexOf("-----BEGIN"));
  const withLinks = (count: number) => ({ ...shop, chainPem: shop.chainPem + link.repeat(count) });
  const fitting = Math.floor((15_000 - shop.chainPem.length - shop.keyPem.length) / link.length);
  await bench.edge.setCertificate(withLinks(fitting), signal);
  expect(await shown("shop.test")).toBe(shop.fingerprint);
  await expect(bench.edge.setCertificate(withLinks(fitting + 1), signal)).rejects.toThrow(
    /^EdgeCertificate.chainPem: and its key have 15\d+ bytes, 15000 are the most/,
  );
});

it("takes as many names as fit", async () => {
  const shop = await makeCertificate(["shop.test"]);
  const names = Array.from({ length: 1_000 }, (_, index) => `${100_000 + index}.test`);
  await bench.edge.setCertificate({ ...shop, names }, signal);
  const ends = [names[0] ?? "", names[999] ?? ""];
  for (const name of ends) expect(await shown(name)).toBe(shop.fingerprint);
  await bench.edge.prepare({ minimumSlots: 4 }, signal);
  await killWorker();
  for (const name of ends) expect(await shown(name)).toBe(shop.fingerprint);
});

it("keeps keys to itself", async () => {
  const shop = await makeCertificate(["shop.test"]);
  await bench.edge.setCertificate(shop, signal);
  const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
  expect(await mode(bench.layout.certificateDirectory)).toBe("700");
  for (const name of await readdir(bench.layout.certificateDirectory))
    expect(await mode(join(bench.layout.certificateDirectory, name))).toBe("600");
  await killWorker();
  const secret = shop.keyPem.split("\n")[1] ?? "";
  const { supervisor, master, worker } = await bench.pids();
  const places = [bench.layout.output, bench.layout.baseConfig, bench.layout.certificateList].concat(
    [supervisor, master, worker].flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]),
  );
  for (const place of places) expect(await readFile(place, "utf8")).not.toContain(secret);
  expect(bench.messages.join("\n")).not.toContain(secret);
});

it("loads 200 in prepare, without a reload, and drops them again", async () => {
  const issuer = await makeAuthority();
  const files = new CertificateFiles(bench.layout, () => undefined);
  await files.reconcile();
  const made = await Promise.all(
    Array.from({ length: 200 }, (_, index) => makeCertificate([`n${index}.test`], { issuer })),
  );
  for (const [index, certificate] of made.entries()) await files.set(certificateFile(certificate, index));
  const before = await bench.pids();
  const next = bench.anotherEdge();
  await next.prepare({ minimumSlots: 4 }, signal);
  expect(await loaded()).toHaveLength(200);
  expect(await shown("n0.test", next)).toBe(made[0]?.fingerprint);
  expect(await shown("n199.test", next)).toBe(made[199]?.fingerprint);
  for (const { id } of made) await files.remove(id);
  await bench.anotherEdge().prepare({ minimumSlots: 4 }, signal);
  expect(await loaded()).toEqual([]);
  expect(await bench.pids()).toEqual(before);
});

it("says what stood in the way of a handshake", async () => {
  process.kill((await bench.pids()).supervisor, "SIGSTOP");
  const { supervisor, master, worker } = await bench.pids();
  for (const pid of [master, worker]) process.kill(pid, "SIGSTOP");
  const problem = await shown("shop.test");
  for (const pid of [master, worker, supervisor]) process.kill(pid, "SIGCONT");
  expect(problem).toBe(`No TLS handshake with 127.0.0.1 port ${bench.tlsPort} for shop.test within 3 s.`);
  const elsewhere = bench.anotherEdge({ httpsPort: bench.port });
  expect(await shown("shop.test", elsewhere)).toMatch(/^The TLS handshake .* failed \(\S+\)\.$/);
});
