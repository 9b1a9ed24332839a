import { expect, test } from "vitest";
import type { User } from "../../domain/identity.ts";
import { userToWire } from "./identity-to-wire.ts";

const user = {
  arn: "arn:aws:iam::000000000000:user/ann",
  path: "/",
  name: "ann",
  id: "AIDAEXAMPLE",
  createdAtMs: 0,
  login: null,
} as Partial<User> as User;

test("a user tells whether there is a password, and never what is kept of it", () => {
  expect(userToWire(user)).toMatchObject({ UserName: "ann", HasPassword: false });
  const login = {
    passwordHash: "$argon2id$",
    mustChange: false,
    createdAtMs: 0,
    changedAtMs: 0,
    lastUsedAtMs: 1_000,
  };
  const told = userToWire({ ...user, login });
  expect(told).toMatchObject({ HasPassword: true, PasswordLastUsed: new Date(1_000) });
  expect(JSON.stringify(told)).not.toContain("argon2id");
});
