import { describe, expect, it } from "vitest";
import { parseDomainName, refuseOwnNames } from "./domain-name.ts";

describe("the name of a custom domain", () => {
  it.each([
    ["shop.example.com", "shop.example.com"],
    ["Shop.Example.COM.", "shop.example.com"],
    [" shop.example.com ", "shop.example.com"],
    ["*.example.com", "*.example.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["*.BÜCHER.example", "*.xn--bcher-kva.example"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["a-b.c3.example", "a-b.c3.example"],
  ])("%j is %s", (text, name) => {
    expect(parseDomainName(text)).toBe(name);
  });

  it.each([
    ["", "is not a domain name"],
    ["example", "only one label"],
    ["*.com", "only one label"],
    ["*", "leftmost"],
    ["shop.*.com", "leftmost"],
    ["*.*.example.com", "leftmost"],
    ["a*.example.com", "leftmost"],
    ["192.0.2.7", "IP address"],
    ["0x7f.1", "IP address"],
    ["1.2", "IP address"],
    ["[::1]", "is not a domain name"],
    ["::1", "is"],
    ["_x.example.com", "is not a domain name"],
    ["-x.example.com", "is not a domain name"],
    ["x-.example.com", "is not a domain name"],
    ["a..example.com", "is not a domain name"],
    [".example.com", "is not a domain name"],
    ["example.com..", "is not a domain name"],
    ["exa mple.com", "is not a domain name"],
    ["https://example.com", "is not a domain name"],
    ["example.com/x", "is not a domain name"],
    ["example.com:80", "is not a domain name"],
    [`${"a".repeat(64)}.example.com`, "is not a domain name"],
    [`${"a.".repeat(120)}example`, "longer than"],
  ])("%j is refused", (text, problem) => {
    expect(() => parseDomainName(text)).toThrow(problem);
  });

  it("is not below the installation's own domains", () => {
    expect(() => refuseOwnNames(["x.apps.example.com"], ["apps.example.com"])).toThrow("apps.example.com");
    expect(() => refuseOwnNames(["*.apps.example.com"], ["apps.example.com"])).toThrow("apps.example.com");
    expect(() =>
      refuseOwnNames(["apps.example.com", "xapps.example.com"], ["apps.example.com"]),
    ).not.toThrow();
  });
});
