import { expect, it } from "vitest";
import { buildVaultProvider } from "./external-secret-parts.ts";
import { readSettings, SettingsError } from "./settings.ts";

const build = (environment: Readonly<Record<string, string>>) =>
  buildVaultProvider(readSettings({ SLIPWAY_STATE_DIR: "/nonexistent", ...environment }));

it("is there when a Vault is named, with one way to sign in", () => {
  expect(build({})).toBeNull();
  const SLIPWAY_VAULT_ADDRESS = "https://vault.example.com/";
  const approle = { SLIPWAY_VAULT_ROLE_ID: "r", SLIPWAY_VAULT_SECRET_ID_FILE: "/s" };
  expect(build({ SLIPWAY_VAULT_ADDRESS, SLIPWAY_VAULT_TOKEN_FILE: "/t" })).not.toBeNull();
  expect(build({ SLIPWAY_VAULT_ADDRESS, ...approle })).not.toBeNull();
  expect(() => build({ SLIPWAY_VAULT_ADDRESS })).toThrow(SettingsError);
  expect(() => build({ SLIPWAY_VAULT_ADDRESS, ...approle, SLIPWAY_VAULT_TOKEN_FILE: "/t" })).toThrow(
    /one way/,
  );
});

const readAddress = (address: string) =>
  readSettings({ SLIPWAY_STATE_DIR: "/nonexistent", SLIPWAY_VAULT_ADDRESS: address }).vaultAddress;

it.each(["http://127.0.0.1:8200", "http://localhost:8200", "https://vault.example.com/prefix"])(
  "%s may be its address",
  (address) => {
    expect(readAddress(`${address}/`)).toBe(address);
  },
);

it.each([
  "http://vault.example.com",
  "http://127.0.0.1.example.com",
  "https://user:password@vault.example.com",
  "ftp://127.0.0.1",
])("%s may not", (address) => {
  expect(() => readAddress(address)).toThrow(/vaultAddress: must be an https address/);
});

it("a command is an array of its words", () => {
  const read = (text: string) =>
    readSettings({ SLIPWAY_STATE_DIR: "/nonexistent", SLIPWAY_MASTER_KEY_COMMAND: text });
  expect(read('["age","-d","key.age"]').masterKeyCommand).toEqual(["age", "-d", "key.age"]);
  expect(() => read("age -d key.age")).toThrow(/masterKeyCommand: must be a JSON array/);
  expect(() => read("[]")).toThrow(/must be a JSON array/);
});
