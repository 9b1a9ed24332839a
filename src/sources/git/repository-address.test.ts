import { describe, expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../../test/support/processor-time.ts";
import { SourceError } from "../../ports/source-code.ts";
import { parseRepositoryAddress, resolveSubmoduleAddress } from "./repository-address.ts";

describe("addresses we fetch from", () => {
  test.each([
    ["https://github.com/acme/web", "https://github.com/acme/web", "https://github.com"],
    ["https://GitHub.com/Acme/Web.git", "https://github.com/Acme/Web.git", "https://github.com"],
    [
      "https://git.acme.test:8443/web.git",
      "https://git.acme.test:8443/web.git",
      "https://git.acme.test:8443",
    ],
    ["https://host:443/a", "https://host/a", "https://host"],
    ["http://127.0.0.1:3000/a.git", "http://127.0.0.1:3000/a.git", "http://127.0.0.1:3000"],
    ["https://[2001:db8::1]/a.git", "https://[2001:db8::1]/a.git", "https://[2001:db8::1]"],
    ["git@github.com:acme/web.git", "ssh://git@github.com:22/acme/web.git", "ssh://github.com:22"],
    ["host.test:web.git", "ssh://git@host.test:22/web.git", "ssh://host.test:22"],
    ["ssh://me@host:2222/srv/web.git", "ssh://me@host:2222/srv/web.git", "ssh://host:2222"],
    ["ssh://host/web", "ssh://git@host:22/web", "ssh://host:22"],
  ])("%s", (text, url, origin) => {
    expect(parseRepositoryAddress(text)).toMatchObject({ url, origin });
  });
});

test("a hostile name of a host takes no time", MEASURED, () => {
  const spentMs = countProcessorMs();
  for (const host of ["a".repeat(240), "a.".repeat(120), "a-".repeat(120)])
    expect(() => parseRepositoryAddress(`git@${host}!:x`)).toThrow(SourceError);
  expect(spentMs()).toBeLessThan(500);
});

describe("everything else is refused", () => {
  test.each([
    "",
    "/srv/git/web.git",
    "./web.git",
    "../web.git",
    "web",
    "file:///srv/git/web.git",
    "ext::sh -c touch% /tmp/x",
    "ext::sh",
    "git://host/web.git",
    "ftp://host/web.git",
    "--upload-pack=touch /tmp/x",
    "-oProxyCommand=x:y",
    "ssh://-oProxyCommand=x/y",
    "ssh://git@-oProxyCommand=x/y",
    "ssh://-x@host/y",
    "-x@host:y",
    "git@host:-x",
    "git@host:a/../b",
    "https://user:secret@host/a.git",
    "https://user@host/a.git",
    "https://host/a/../b",
    "https://host/a/%2e%2e/b",
    "https://host/a?b",
    "https://host/a#b",
    "https://host/",
    "https://host",
    "https://ho st/a",
    "https://host/a\nb",
    "https://host\\@other/a",
    "git@a.-b:c",
    "git@a..b:c",
    "git@a-.b:c",
    `https://host/${"a".repeat(3000)}`,
  ])("%s", (text) => {
    expect(() => parseRepositoryAddress(text)).toThrow(SourceError);
  });

  test("a password in an address is not repeated", () => {
    expect(() => parseRepositoryAddress("https://user:sesame@host/a.git")).toThrow(/^(?!.*sesame)/);
  });
});

describe("addresses of submodules", () => {
  const parent = parseRepositoryAddress("https://host/acme/web.git");

  test("are relative to the repository", () => {
    expect(resolveSubmoduleAddress(parent, "../lib.git").url).toBe("https://host/acme/lib.git");
    expect(resolveSubmoduleAddress(parent, "../../other/lib").url).toBe("https://host/other/lib");
    expect(resolveSubmoduleAddress(parent, "./lib").url).toBe("https://host/acme/web.git/lib");
    const ssh = parseRepositoryAddress("git@host:acme/web.git");
    expect(resolveSubmoduleAddress(ssh, "../lib.git").url).toBe("ssh://git@host:22/acme/lib.git");
  });

  test("or of their own", () => {
    expect(resolveSubmoduleAddress(parent, "https://other/lib.git").url).toBe("https://other/lib.git");
  });

  test.each(["../../../x", "../../..", "/srv/x", "-u./payload", "ext::x", "../-x/../../../y"])(
    "not %s",
    (text) => {
      expect(() => resolveSubmoduleAddress(parent, text)).toThrow(SourceError);
    },
  );
});
