import { describe, expect, it } from "vitest";
import { parseAddressRange } from "./address-range.ts";
import { parseExtensions } from "./extension.ts";

describe("an address range", () => {
  it.each([
    ["10.1.2.3", "0a010203", 32],
    ["10.1.2.3/8", "0a000000", 8],
    ["0.0.0.0/0", "00000000", 0],
    ["192.168.255.255/23", "c0a8fe00", 23],
    ["2001:DB8::1/33", `20010db8${"0".repeat(24)}`, 33],
    ["::/0", "0".repeat(32), 0],
    ["::1", `${"0".repeat(31)}1`, 128],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008", 128],
    ["::ffff:10.1.2.3/104", "0a000000", 8],
    ["64:ff9b::10.1.2.3", `0064ff9b${"0".repeat(16)}0a010203`, 128],
  ])("%s", (text, digits, bits) => {
    expect(parseAddressRange(text)).toEqual({ digits, bits });
  });

  it.each([
    "",
    "10.1.2",
    "10.1.2.256",
    "010.1.2.3",
    "10.1.2.3/33",
    "10.1.2.3/",
    "10.1.2.3/08",
    "10.1.2.3/8/8",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::8",
    "g::",
    "::1%eth0",
    "::/129",
    "10.0.0.0/8\n",
    "10.1.2.3:80",
  ])("is not %j", (text) => {
    expect(parseAddressRange(text)).toBeNull();
  });
});

const read = (name: string, value: string) => parseExtensions([{ key: `slipway:${name}`, value }]).protection;

describe("protection", () => {
  it("is read from tags", () => {
    expect(read("allow-cidrs", "10.0.0.0/8, ::1").allowed).toEqual([
      { digits: "0a000000", bits: 8 },
      { digits: `${"0".repeat(31)}1`, bits: 128 },
    ]);
    expect(read("basic-auth", "alice=/shop/password").basicAuth).toEqual({
      user: "alice",
      reference: "/shop/password",
    });
    const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/a=b-AbCdEf";
    expect(read("basic-auth", arn).basicAuth).toEqual({ user: null, reference: arn });
    expect(read("rate-limit", "10/s").rateLimit).toEqual({ intervalUs: 100_000, burst: 10 });
    expect(read("rate-limit", "600/m burst=5").rateLimit).toEqual({ intervalUs: 100_000, burst: 5 });
    expect(read("deny-paths", "/Admin /api/*/x *.php .git").deniedPaths).toEqual({
      status: 404,
      patterns: ["/admin", "/api/*/x", "*.php", ".git"],
    });
    expect(read("deny-paths", "403 /").deniedPaths).toEqual({ status: 403, patterns: ["/"] });
    expect(read("max-body", "10MB").maxBodyBytes).toBe(10_000_000);
    expect(read("max-body", "512KiB").maxBodyBytes).toBe(524_288);
    expect(read("max-body", "7").maxBodyBytes).toBe(7);
    expect(read("request-timeout", "30s").requestTimeoutMs).toBe(30_000);
    expect(read("default-host", "off").isDefaultHostOff).toBe(true);
  });

  it("a tag of an earlier version that is surely meant otherwise goes on to close its paths", () => {
    expect(read("deny-paths", "500 /x").deniedPaths).toEqual({ status: 404, patterns: ["500", "/x"] });
  });

  it("is off where the tag says so", () => {
    for (const name of ["rate-limit", "max-body", "request-timeout"] as const) {
      expect(read(name, "off")).toEqual(read("default-host", "on"));
    }
  });

  it.each([
    ["allow-cidrs", "", /names no range/],
    ["allow-cidrs", "10.0.0.0/8 evil;rm", /"evil;rm" is no IPv4 or IPv6 range/],
    ["basic-auth", "alice=", /Write for example/],
    ["basic-auth", "a b=/shop/password", /not a user's name/],
    ["basic-auth", "alice=pass word", /Write for example/],
    ["basic-auth", "alice=arn:aws:s3:::bucket", /ARN of neither/],
    ["basic-auth", "alice=vault:kv/shop:password", /in another store\. Write for example/],
    ["rate-limit", "10", /Write for example 10\/s/],
    ["rate-limit", "0/s", /1 to 100000/],
    ["rate-limit", "10/h", /Write for example/],
    ["rate-limit", "1/m burst=100", /longer than 25 minutes/],
    ["rate-limit", "10/s burst=0", /1 to 100000/],
    ["deny-paths", " ", /names no path/],
    ["deny-paths", "404", /names no path/],
    ["deny-paths", "admin/x", /"admin\/x" is no path/],
    ["deny-paths", "/a//b", /is no path/],
    ["deny-paths", "/a/../b", /is no path/],
    ["deny-paths", "/a%2fb", /is no path/],
    ["deny-paths", "/a;b", /is no path/],
    ["deny-paths", "/*x*", /is no path/],
    ["deny-paths", "/a\n/b", /is no path/],
    ["deny-paths", 'return"x', /is no path/],
    ["max-body", "0", /no size/],
    ["max-body", "10XB", /no size/],
    ["max-body", "9999999999GiB", /no size/],
    ["request-timeout", "1h", /between 1s and 2m/],
    ["default-host", "no", /not one of on, off/],
  ])("%s refuses %j", (name, value, problem) => {
    expect(() => read(name, value)).toThrow(problem);
  });
});
