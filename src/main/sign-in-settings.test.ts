import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const read = (environment: Readonly<Record<string, string>>) =>
  readSettings({ SLIPWAY_STATE_DIR: "/nonexistent", ...environment });

test("without any there is no provider, and sessions are as the documentation says", () => {
  const { oidcIssuer, oidcRules, sessionIdleMinutes, sessionHours, apiProxies } = read({});
  expect({ oidcIssuer, oidcRules, sessionIdleMinutes, sessionHours, apiProxies }).toEqual({
    oidcIssuer: undefined,
    oidcRules: [],
    sessionIdleMinutes: 30,
    sessionHours: 12,
    apiProxies: [],
  });
});

test("lists come separated by commas or spaces", () => {
  const { apiProxies, oidcScopes } = read({
    SLIPWAY_API_PROXIES: "10.0.0.0/8, 192.0.2.1,2001:db8::/32",
    SLIPWAY_OIDC_SCOPES: "openid email",
  });
  expect(apiProxies).toEqual(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
  expect(oidcScopes).toEqual(["openid", "email"]);
});

test.each([
  [{ SLIPWAY_OIDC_ISSUER: "http://login.example.com" }, "https"],
  [{ SLIPWAY_OIDC_ISSUER: "https://login.example.com/?a=b" }, "without query"],
  [{ SLIPWAY_API_PROXIES: "proxy.example.com" }, "IP addresses or networks"],
  [{ SLIPWAY_SESSION_IDLE_MINUTES: "0" }, "1 to 1440"],
  [{ SLIPWAY_SESSION_HOURS: "1000" }, "1 to 168"],
  [{ SLIPWAY_OIDC_CLIENT_SECRET_FILE: "secret" }, "absolute path"],
])("%j is refused with what would be right", (environment, message) => {
  expect(() => read(environment)).toThrow(message);
});

test("plain http is for a provider on this machine", () => {
  for (const issuer of [
    "http://127.0.0.1:9000",
    "http://localhost:9000/realm",
    "https://login.example.com",
  ]) {
    expect(read({ SLIPWAY_OIDC_ISSUER: issuer }).oidcIssuer).toBe(issuer);
  }
});
