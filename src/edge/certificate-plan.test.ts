import { describe, expect, it } from "vitest";
import type { CertificateFacts } from "./certificate-file.ts";
import {
  formatEntry,
  type LoadedCertificates,
  parseLoaded,
  renderCertificateList,
  servedNames,
} from "./certificate-list.ts";
import { planCertificates } from "./certificate-plan.ts";
import { edgeLayout } from "./layout.ts";

const layout = edgeLayout("/edge");
const at = (name: string): string => `/edge/certificates/${name}.pem`;

const facts = (id: string, rank: number, ...names: readonly string[]): CertificateFacts => ({
  id,
  names,
  rank,
  fingerprint: id,
  fileName: `${id}.pem`,
});

describe("names", () => {
  const [older, newer] = [facts("a", 1, "x.test", "y.test"), facts("b", 2, "y.test", "z.test")];

  it("are each with the newest certificate, in whatever order they are read", () => {
    const expected = [
      [at("a"), ["x.test"]],
      [at("b"), ["y.test", "z.test"]],
    ];
    expect([...servedNames(layout, [older, newer])]).toEqual(expected);
    expect([...servedNames(layout, [newer, older])]).toEqual(expected);
  });

  it("of a wildcard are not those of what it covers", () => {
    const names = servedNames(layout, [facts("a", 1, "x.test"), facts("b", 2, "*.test")]);
    expect(renderCertificateList(names)).toBe(`${at("a")} x.test\n${at("b")} *.test\n`);
  });

  it("leave out a certificate that has none left", () => {
    expect([...servedNames(layout, [older, facts("c", 3, "x.test", "y.test")]).keys()]).toEqual([at("c")]);
  });
});

describe("a plan", () => {
  const loaded = (change: Partial<LoadedCertificates>): LoadedCertificates => ({
    transaction: null,
    paths: new Set(),
    entries: [],
    ...change,
  });
  const entry = (name: string, line: number, ...names: readonly string[]) => ({
    path: at(name),
    line,
    names,
  });
  const nothing = { abandoned: null, added: [], removedEntries: [], removedPaths: [] };

  it("is empty when all is as it should be", () => {
    const wished = new Map([[at("a"), ["x.test"]]]);
    const running = loaded({ paths: new Set([at("a")]), entries: [entry("a", 1, "x.test")] });
    expect(planCertificates(wished, running)).toEqual(nothing);
  });

  it("loads what is new, and anew what HAProxy knows only the path of", () => {
    const wished = new Map([
      [at("a"), ["x.test"]],
      [at("b"), ["y.test"]],
    ]);
    expect(planCertificates(wished, loaded({ paths: new Set([at("b")]) })).added).toEqual([
      { path: at("a"), names: ["x.test"], state: "nothing" },
      { path: at("b"), names: ["y.test"], state: "unsure" },
    ]);
  });

  it("gives other names by a second entry before the first goes", () => {
    const running = loaded({ paths: new Set([at("a")]), entries: [entry("a", 7, "x.test")] });
    expect(planCertificates(new Map([[at("a"), ["y.test"]]]), running)).toEqual({
      ...nothing,
      added: [{ path: at("a"), names: ["y.test"], state: "loaded" }],
      removedEntries: [entry("a", 7, "x.test")],
    });
  });

  it("removes what should not be there: surplus and double entries, certificates, a change begun", () => {
    const entries = [entry("a", 1, "x.test"), entry("a", 4, "x.test"), entry("b", 2, "y.test")];
    const running = loaded({ transaction: at("c"), paths: new Set([at("a"), at("b"), at("c")]), entries });
    expect(planCertificates(new Map([[at("a"), ["x.test"]]]), running)).toEqual({
      abandoned: at("c"),
      added: [],
      removedEntries: [entry("a", 1, "x.test"), entry("b", 2, "y.test")],
      removedPaths: [at("b"), at("c")],
    });
  });
});

it("reads what HAProxy says, and leaves the default certificate alone", () => {
  const certificates = [
    "# transaction",
    `*${at("b")}`,
    "# filename",
    at("a"),
    layout.defaultCertificate,
    "/elsewhere.pem",
  ];
  const list = [`# ${layout.certificateList}`, `${at("a")}:12 x.test *.x.test`, "/elsewhere.pem:3 z.test"];
  expect(parseLoaded(layout, [certificates.join("\n"), list.join("\n")])).toEqual({
    transaction: at("b"),
    paths: new Set([at("a")]),
    entries: [{ path: at("a"), line: 12, names: ["x.test", "*.x.test"] }],
  });
  expect(parseLoaded(layout, ["# filename", "didn't find the specified filename"]).entries).toEqual([]);
  expect(formatEntry(at("a"), ["x.test", "*.x.test"])).toBe(`${at("a")} x.test *.x.test`);
});
