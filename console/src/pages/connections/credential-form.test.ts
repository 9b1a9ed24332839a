import { expect, test } from "vitest";
import { emptyCredential, isComplete, kindsFor, toHandshake } from "./credential-form.ts";

test("exactly one credential is sent, without what was left empty", () => {
  const token = { ...emptyCredential, token: " abc ", privateKey: "left over" };
  expect(toHandshake("arn", token)).toEqual({ ConnectionArn: "arn", Token: { Token: "abc" } });
  expect(toHandshake("arn", { ...token, username: "ada", serverUrl: " https://git.example.com " })).toEqual({
    ConnectionArn: "arn",
    ServerUrl: "https://git.example.com",
    Token: { Token: "abc", Username: "ada" },
  });
  const key = {
    ...emptyCredential,
    kind: "key",
    privateKey: "KEY",
    knownHosts: "host ssh-ed25519 A",
  } as const;
  expect(toHandshake("arn", key)).toEqual({
    ConnectionArn: "arn",
    DeployKey: { PrivateKey: "KEY", KnownHosts: "host ssh-ed25519 A" },
  });
  const app = {
    ...emptyCredential,
    kind: "app",
    appId: "1",
    installationId: "2",
    privateKey: "KEY",
  } as const;
  expect(toHandshake("arn", app)).toEqual({
    ConnectionArn: "arn",
    GitHubApp: { AppId: "1", InstallationId: "2", PrivateKey: "KEY" },
  });
});

test("the server may be left out where it is known, and never for a key", () => {
  const token = { ...emptyCredential, token: "abc" };
  expect(isComplete("GITHUB", token)).toBe(true);
  expect(isComplete("GITEA", token)).toBe(false);
  expect(isComplete("GITEA", { ...token, serverUrl: "https://git.example.com" })).toBe(true);
  const key = { ...emptyCredential, kind: "key", privateKey: "KEY" } as const;
  expect(isComplete("GITHUB", key)).toBe(false);
  expect(isComplete("GITHUB", { ...emptyCredential, kind: "app", appId: "1", privateKey: "K" })).toBe(false);
});

test("only GitHub has apps", () => {
  expect(kindsFor("GITHUB")).toContain("app");
  expect(kindsFor("GIT")).toEqual(["token", "key"]);
});
