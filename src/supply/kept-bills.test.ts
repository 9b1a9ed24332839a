import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImageFiles } from "../ports/image-files.ts";
import { KeptBills } from "./kept-bills.ts";
import { MEASURED } from "../../test/support/processor-time.ts";

const signal = () => AbortSignal.timeout(5_000);
const image = { imageId: `sha256:${"ab".repeat(32)}`, name: "registry.example.com/app@sha256:0d" };

const dpkg = `Package: libssl3
Status: install ok installed
Version: 3.0.15-1~deb12u1
Architecture: amd64
Description: Secure Sockets Layer
 Package: in the text

Package: gone
Status: deinstall ok config-files
Version: 1.0
`;
const lock = JSON.stringify({
  packages: {
    "": { version: "1.0.0" },
    "node_modules/express": { version: "5.1.0" },
    "node_modules/express/node_modules/@types/node": { version: "24.0.0" },
    "node_modules/mine": { link: true },
  },
});

describe("The bill of materials of an image", () => {
  let directory: string;
  let contents: Record<string, string | null> | null;
  let reads: number;
  const files: ImageFiles = {
    read(_imageId, paths) {
      reads += 1;
      if (contents === null) return Promise.resolve(null);
      const found = paths.flatMap((path) => {
        const text = contents?.[path];
        return text === undefined ? [] : [[path, text === null ? null : [Buffer.from(text)]] as const];
      });
      return Promise.resolve(new Map(found));
    },
    workingDirectory: () => Promise.resolve("/srv"),
  };

  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), "slipway-bills-")), "sboms");
    reads = 0;
  });
  afterEach(() => rmSync(join(directory, ".."), { recursive: true }));

  const made = async () => {
    const text = await new KeptBills(directory, files).of(image, signal());
    return text === null ? null : (JSON.parse(text) as { metadata: unknown; components: { purl: string }[] });
  };
  const urls = async () => (await made())?.components.map(({ purl }) => purl);

  it("names what Debian's record and npm's say is installed, and where that was read", async () => {
    contents = {
      "/var/lib/dpkg/status": dpkg,
      "/etc/os-release": 'PRETTY_NAME="Ubuntu"\nID=ubuntu\n',
      "/srv/node_modules/.package-lock.json": lock,
      "/srv/package-lock.json": JSON.stringify({ packages: { "node_modules/other": { version: "1" } } }),
    };
    const bill = await made();
    expect(bill?.components.map(({ purl }) => purl)).toEqual([
      "pkg:deb/ubuntu/libssl3@3.0.15-1~deb12u1?arch=amd64",
      "pkg:npm/%40types/node@24.0.0",
      "pkg:npm/express@5.1.0",
    ]);
    expect(bill?.metadata).toMatchObject({
      component: { type: "container", name: image.name, version: image.imageId },
      properties: [
        { name: "slipway:scope" },
        { name: "slipway:source", value: "/var/lib/dpkg/status" },
        { name: "slipway:source", value: "/srv/node_modules/.package-lock.json" },
      ],
    });
  });

  it("names what Alpine's record says, and takes the lockfile where nothing else is", async () => {
    contents = {
      "/lib/apk/db/installed": "P:musl\nV:1.2.5-r0\nA:x86_64\nT:the C library\n",
      "/srv/package-lock.json": lock,
    };
    expect(await urls()).toEqual([
      "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64",
      "pkg:npm/%40types/node@24.0.0",
      "pkg:npm/express@5.1.0",
    ]);
  });

  it.each([["not JSON"], ['{"packages":{"node_modules/a":{"version":7}}}'], ["[]"]])(
    "has nothing of a lockfile that says %s",
    async (text) => {
      contents = { "/srv/package-lock.json": text };
      expect(await urls()).toEqual([]);
    },
  );

  it("is kept: the image may be gone then", async () => {
    contents = { "/var/lib/dpkg/status": dpkg };
    const first = await made();
    contents = null;
    expect(await made()).toEqual(first);
    expect(reads).toBe(1);
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^(ab){32}-[0-9a-f]{16}\.cdx\.json$/)]);
  });

  it("is read once, however many ask for it at once", async () => {
    contents = { "/var/lib/dpkg/status": dpkg };
    const bills = new KeptBills(directory, files);
    const answers = await Promise.all([1, 2, 3].map(() => bills.of(image, signal())));
    expect(new Set(answers).size).toBe(1);
    expect(reads).toBe(1);
  });

  it("says nothing of the name by which somebody else knows the same image", async () => {
    contents = { "/var/lib/dpkg/status": dpkg };
    await made();
    const other = { ...image, name: "elsewhere.example.com/own@sha256:0d" };
    const bill = await new KeptBills(directory, files).of(other, signal());
    expect(bill).toContain(other.name);
    expect(bill).not.toContain(image.name);
  });

  it("gives way to newer ones when all together take too much room", async () => {
    contents = { "/var/lib/dpkg/status": dpkg };
    await made();
    const [first = ""] = readdirSync(directory);
    truncateSync(join(directory, first), 600 * 1_024 * 1_024);
    utimesSync(join(directory, first), 0, 0);
    const bill = await new KeptBills(directory, files).of({ ...image, name: "newer" }, signal());
    expect(readdirSync(directory)).not.toContain(first);
    expect(readFileSync(join(directory, readdirSync(directory)[0] ?? ""), "utf8")).toBe(bill);
  });

  it("names a record that was too large to be read", async () => {
    contents = { "/var/lib/dpkg/status": null, "/srv/package-lock.json": lock };
    const bill = await made();
    expect(bill?.components).toHaveLength(2);
    expect(bill?.metadata).toMatchObject({
      properties: expect.arrayContaining([
        { name: "slipway:too-large-to-read", value: "/var/lib/dpkg/status" },
      ]) as unknown,
    });
  });

  it.each([
    ["/var/lib/dpkg/status", "Package: a\nVersion: 1\n\n".repeat(180_000)],
    ["/var/lib/dpkg/status", "\n".repeat(4_000_000)],
    ["/lib/apk/db/installed", `P:${"x".repeat(4_000_000)}\nV:1\n`],
    ["/srv/package-lock.json", `{"packages":{${'"node_modules/a":{"version":"1"},'.repeat(120_000)}"":{}}}`],
    ["/srv/package-lock.json", "[".repeat(2_000_000)],
  ])("is small and made at once of a hostile %s", MEASURED, async (path, text) => {
    contents = { [path]: text };
    const before = process.cpuUsage();
    expect((await made())?.components.length).toBeLessThanOrEqual(1);
    const { user } = process.cpuUsage(before);
    expect(user).toBeLessThan(2_000_000);
  });

  it("is none of an image that was gone before", async () => {
    contents = null;
    expect(await made()).toBeNull();
  });
});
