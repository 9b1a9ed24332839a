import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publicApiUrl, readSettings, settingsFile, toFileText, unknownVariables } from "./settings.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-settings-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

const PUBLIC_URL_RULE = "must be an http or https address without user, query and fragment";

const read = (environment: Readonly<Record<string, string>> = {}) =>
  readSettings({ SLIPWAY_STATE_DIR: directory, ...environment });

describe("settings", () => {
  it("have defaults that only this machine can reach", () => {
    expect(read()).toMatchObject({
      region: "us-east-1",
      account: "000000000000",
      baseDomain: "slipway.localhost",
      apiHost: "127.0.0.1",
      apiPort: 7070,
      edgeHost: "127.0.0.1",
      edgePort: 8080,
      edgeHttpsPort: 8443,
      logFile: null,
    });
  });

  it("let the edge listen everywhere once there is a real base domain", () => {
    expect(read({ SLIPWAY_BASE_DOMAIN: "apps.example.com" }).edgeHost).toBe("*");
    expect(read({ SLIPWAY_BASE_DOMAIN: "apps.example.com", SLIPWAY_EDGE_HOST: "10.0.0.1" }).edgeHost).toBe(
      "10.0.0.1",
    );
  });

  it("of domains are read as they are written", () => {
    const given = { SLIPWAY_PUBLIC_ADDRESSES: "192.0.2.1, 2001:db8::1", SLIPWAY_DNS_SERVER: "[::1]:5353" };
    expect(read(given)).toMatchObject({
      publicAddresses: ["192.0.2.1", "2001:db8::1"],
      dnsServer: "[::1]:5353",
      httpsRedirect: "auto",
      domainQuota: 5,
      acmeHttpPort: 80,
      dnsPort: 53,
    });
  });

  it("come from the file, and a variable wins over it", () => {
    writeFileSync(settingsFile(directory), JSON.stringify({ apiPort: 7171, edgePort: 8181 }));
    expect(read({ SLIPWAY_EDGE_PORT: "8282" })).toMatchObject({ apiPort: 7171, edgePort: 8282 });
  });

  it.each([
    [{}, "http://127.0.0.1:7070"],
    [{ SLIPWAY_API_HOST: "*", SLIPWAY_API_PORT: "7171" }, "http://127.0.0.1:7171"],
    [{ SLIPWAY_API_HOST: "::1" }, "http://[::1]:7070"],
    [{ SLIPWAY_PUBLIC_API_URL: "https://slipway.example.com/" }, "https://slipway.example.com"],
    [{ SLIPWAY_PUBLIC_API_URL: "http://10.0.0.5:81/api" }, "http://10.0.0.5:81/api"],
  ])("with %j others reach the API at %s", (environment, url) => {
    expect(publicApiUrl(read(environment))).toBe(url);
  });

  it("stay the same when they are written and read again", () => {
    const settings = read({
      SLIPWAY_API_PORT: "7272",
      SLIPWAY_SERVICE_QUOTA: "5",
      SLIPWAY_PUBLIC_API_URL: "https://slipway.example.com/",
      SLIPWAY_BUILD_MEMORY_MIB: "512",
    });
    writeFileSync(settingsFile(directory), toFileText(settings));
    expect(read()).toEqual(settings);
  });

  it.each([
    ["SLIPWAY_API_PORT", "x", "must be a port, 1 to 65535"],
    ["SLIPWAY_EDGE_PORT", "70000", "must be a port, 1 to 65535"],
    ["SLIPWAY_REGION", "mars", "must look like us-east-1"],
    ["SLIPWAY_ACCOUNT", "12", "must be twelve digits"],
    ["SLIPWAY_BASE_DOMAIN", "Not a host", "must be a lower-case host name"],
    ["SLIPWAY_API_HOST", "localhost", "must be an IP address, or * for every address"],
    ["SLIPWAY_SERVICE_QUOTA", "0", "must be a number from 1 to 10000"],
    ["SLIPWAY_PUBLIC_API_URL", "slipway.example.com", PUBLIC_URL_RULE],
    ["SLIPWAY_PUBLIC_API_URL", "ftp://slipway.example.com", PUBLIC_URL_RULE],
    ["SLIPWAY_PUBLIC_API_URL", "https://u:p@x.example.com", PUBLIC_URL_RULE],
    ["SLIPWAY_PUBLIC_API_URL", "https://x.example.com/?a", PUBLIC_URL_RULE],
    ["SLIPWAY_BUILD_MEMORY_MIB", "255", "must be a number of MiB from 256 to 1048576"],
    ["SLIPWAY_BUILD_MINUTES", "61", "must be a number of minutes from 1 to 60"],
    ["SLIPWAY_PRICE_VCPU_HOUR", "0,064", "must be a number of dollars from 0 to 1000"],
    ["SLIPWAY_BUILDS_AT_ONCE", "0.5", "must be a number from 1 to 64"],
    ["SLIPWAY_HTTPS_REDIRECT", "yes", "must be auto, on or off"],
    ["SLIPWAY_ACME_DIRECTORY", "acme.example.com", "must be an http or https address"],
    ["SLIPWAY_ACME_EMAIL", "me", "must be an email address"],
    ["SLIPWAY_ACME_EAB_KEY_FILE", "key", "must be the absolute path of a file"],
    ["SLIPWAY_DNS_ZONE", "Not a host", "must be a lower-case host name"],
    ["SLIPWAY_DNS_ZONE", "acme", "must be below a domain of yours, such as acme.example.com"],
    ["SLIPWAY_DNS_SERVER", "dns.example.com", "must be an IP address, with :port unless that is 53"],
    ["SLIPWAY_DNS_SERVER", "192.0.2.1:0", "must be an IP address, with :port unless that is 53"],
    ["SLIPWAY_PUBLIC_ADDRESSES", "192.0.2.1,x", "must be IP addresses, separated by commas"],
    [
      "SLIPWAY_EDGE_PROXIES",
      "10.0.0.0/33",
      "must be IP addresses or networks such as 10.0.0.0/8, separated by commas",
    ],
    [
      "SLIPWAY_EDGE_PROXIES",
      "10.0.0.0/8 } deny",
      "must be IP addresses or networks such as 10.0.0.0/8, separated by commas",
    ],
    ["SLIPWAY_EDGE_CONNECTIONS_PER_ADDRESS", "-1", "must be a number from 0 (no limit) to 1000000"],
  ])("name %s=%s and say what would be right", (variable, value, message) => {
    expect(() => read({ [variable]: value })).toThrow(`${message} (set in ${variable} or `);
  });

  it.each([
    [{ edgePrt: 1 }, "edgePrt", "did you mean edgePort? Valid are region, account, "],
    [{ baseDomian: "x.org" }, "baseDomian", "did you mean baseDomain? Valid are region, "],
    [{ colour: "red" }, "colour", "Valid are region, "],
    [
      { registries: [{ host: "x", username: "u", passwordFile: "/p", password: "p" }] },
      "registries.0.password",
      "did you mean passwordFile? Valid are host, username, passwordFile, roles.",
    ],
  ])("refuse the unknown member of %j by name, and say what would be right", (file, key, rest) => {
    writeFileSync(settingsFile(directory), JSON.stringify(file));
    expect(() => read()).toThrow(`Setting ${key} in ${settingsFile(directory)} is unknown: ${rest}`);
  });

  it("name variables that look like ours and are none", () => {
    const given = {
      SLIPWAY_APIPORT: "1",
      SLIPWAY_API_PORT: "1",
      SLIPWAY_STATE_DIR: "/x",
      SLIPWAY_COLOUR: "",
      PATH: "",
    };
    expect(unknownVariables(given)).toEqual([
      "SLIPWAY_APIPORT is no setting and is passed over: did you mean SLIPWAY_API_PORT?",
      "SLIPWAY_COLOUR is no setting and is passed over",
    ]);
  });

  it("refuse a file that is not JSON, and say what to do", () => {
    writeFileSync(settingsFile(directory), "{");
    expect(() => read()).toThrow(`${settingsFile(directory)} is not valid JSON: mend it, or delete it`);
  });
});
