import { describe, expect, it } from "vitest";
import {
  type CertificateFacts,
  chooseCertificate,
  covers,
  renewAtMs,
  timeInWindow,
  warnFromMs,
} from "./certificate-choice.ts";

const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;

function certificate(change: Partial<CertificateFacts>): CertificateFacts {
  return {
    id: "1",
    origin: "acme",
    names: ["shop.example.com"],
    fingerprint: "f",
    issuer: "CN=Somebody",
    notBeforeMs: NOW_MS - DAY_MS,
    notAfterMs: NOW_MS + 89 * DAY_MS,
    createdAtMs: NOW_MS - DAY_MS,
    ...change,
  };
}

describe("a certificate covers", () => {
  it.each([
    [["shop.example.com"], "shop.example.com", true],
    [["*.example.com"], "shop.example.com", true],
    [["*.example.com"], "a.shop.example.com", false],
    [["*.example.com"], "example.com", false],
    [["*.example.com"], "*.example.com", true],
    [["*.example.com"], "*.shop.example.com", false],
    [["*.*.example.com"], "a.b.example.com", false],
    [["shop.example.com"], "*.example.com", false],
  ])("%j: %s %s", (names, name, isCovered) => {
    expect(covers(names, name)).toBe(isCovered);
  });
});

describe("of several certificates", () => {
  const choose = (...all: readonly CertificateFacts[]) =>
    chooseCertificate(["shop.example.com"], all, NOW_MS)?.id ?? null;
  const imported = certificate({ id: "own", origin: "imported", names: ["*.example.com"] });
  const times = { notBeforeMs: NOW_MS - 87 * DAY_MS, notAfterMs: NOW_MS + 3 * DAY_MS };
  const ending = certificate({ ...imported, ...times, id: "ending" });
  const issued = certificate({ id: "issued" });
  const local = certificate({ id: "local", origin: "local", createdAtMs: NOW_MS });

  it("the user's own goes before the authority's, that before one of the user's that ends, that before a local one", () => {
    expect(choose(local, ending, issued, imported)).toBe("own");
    expect(choose(local, ending, issued)).toBe("issued");
    expect(choose(local, ending)).toBe("ending");
    expect(choose(local)).toBe("local");
  });

  it("the newest of equals is taken, in whatever order they come", () => {
    const newer = certificate({ id: "newer", createdAtMs: NOW_MS });
    expect([choose(issued, newer), choose(newer, issued)]).toEqual(["newer", "newer"]);
  });

  it("none is taken that has ended, has not begun, or is for other names", () => {
    expect(choose(certificate({ notAfterMs: NOW_MS }))).toBeNull();
    expect(choose(certificate({ notBeforeMs: NOW_MS + DAY_MS }))).toBeNull();
    expect(choose(certificate({ names: ["blog.example.com"] }))).toBeNull();
    // Of another domain: it may be gone tomorrow.
    expect(choose(certificate({ names: ["*.example.com"] }))).toBeNull();
    expect(choose(certificate({ names: ["shop.example.com", "www.shop.example.com"] }))).toBeNull();
  });
});

describe("a certificate is replaced", () => {
  it("at two thirds of its life, a little earlier, each at another time", () => {
    const times = ["a", "b", "c"].map((id) => renewAtMs(certificate({ id }), "acme") ?? 0);
    for (const time of times) {
      expect(time).toBeGreaterThan(NOW_MS + 54 * DAY_MS);
      expect(time).toBeLessThanOrEqual(NOW_MS + 59 * DAY_MS);
    }
    expect(new Set(times).size).toBe(3);
  });

  it("14 days before its end when it is the user's own, and never without an authority", () => {
    const imported = certificate({ origin: "imported" });
    expect(renewAtMs(imported, "acme")).toBe(imported.notAfterMs - 14 * DAY_MS);
    expect([renewAtMs(imported, "local"), renewAtMs(certificate({}), null)]).toEqual([null, null]);
  });

  it("at once when it is a local one and an authority is there", () => {
    expect(renewAtMs(certificate({ origin: "local" }), "acme")).toBeLessThanOrEqual(NOW_MS);
  });

  it("of six days is warned of in the last quarter of its life", () => {
    const short = certificate({ notBeforeMs: NOW_MS, notAfterMs: NOW_MS + 6 * DAY_MS });
    expect(warnFromMs(short)).toBe(NOW_MS + 4.5 * DAY_MS);
  });

  it("within the window that the authority wishes", () => {
    const window = { startMs: NOW_MS, endMs: NOW_MS + DAY_MS, askAgainMs: 0 };
    for (const id of ["a", "b"]) {
      expect(timeInWindow(window, id)).toBeGreaterThanOrEqual(NOW_MS);
      expect(timeInWindow(window, id)).toBeLessThan(NOW_MS + DAY_MS);
    }
  });
});
