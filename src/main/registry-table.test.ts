import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatImageReference, parseImageReference } from "../domain/image-reference.ts";
import { registryTable } from "./registry-table.ts";

const ECR = "000000000000.dkr.ecr.us-east-1.amazonaws.com";
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-registries-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

function locate(name: string, imageMappings: Readonly<Record<string, string>>) {
  const located = registryTable({ registries: [], imageMappings }).locate(
    parseImageReference(name, "image"),
    null,
  );
  return formatImageReference(located.image);
}

describe("the registry table", () => {
  it("leaves names alone that nothing is said about", () => {
    expect(locate(`${ECR}/web:1`, {})).toBe(`${ECR}/web:1`);
  });

  it("maps a registry of ECR's shape to another, tag and digest kept", () => {
    const mappings = { [`${ECR}/`]: "registry.example.com:5000/team/" };
    expect(locate(`${ECR}/web:1.4`, mappings)).toBe("registry.example.com:5000/team/web:1.4");
    const digest = `sha256:${"a".repeat(64)}`;
    expect(locate(`${ECR}/web@${digest}`, mappings)).toBe(`registry.example.com:5000/team/web@${digest}`);
  });

  it("takes the longest prefix, and a prefix ends at a separator", () => {
    const mappings = { [`${ECR}/`]: "one.example.com/", [`${ECR}/app`]: "two.example.com/app" };
    expect(locate(`${ECR}/app:1`, mappings)).toBe("two.example.com/app:1");
    expect(locate(`${ECR}/apple:1`, mappings)).toBe("one.example.com/apple:1");
  });

  it("reads the password at each look-up, so that it can be rotated", () => {
    const passwordFile = join(directory, "password");
    const registry = { host: "registry.example.com", username: "robot", passwordFile };
    const table = registryTable({ registries: [registry], imageMappings: {} });
    const image = parseImageReference("registry.example.com/web", "image");
    writeFileSync(passwordFile, "first\n");
    expect(table.locate(image, null).credentials).toEqual({ username: "robot", password: "first" });
    writeFileSync(passwordFile, "second");
    expect(table.locate(image, null).credentials).toEqual({ username: "robot", password: "second" });
    const other = parseImageReference("other.example.com/web", "image");
    expect(table.locate(other, null).credentials).toBeUndefined();
  });

  describe("with credentials that are bound to access roles", () => {
    const SHOP = "arn:aws:iam::000000000000:role/service-role/shop";
    const image = parseImageReference("registry.example.com/web", "image");

    function userOf(role: string | null, bindings: Readonly<Record<string, readonly string[] | undefined>>) {
      const passwordFile = join(directory, "password");
      writeFileSync(passwordFile, "secret");
      const registries = Object.entries(bindings).map(([username, roles]) => ({
        host: "registry.example.com",
        username,
        passwordFile,
        roles: roles === undefined ? undefined : [...roles],
      }));
      return registryTable({ registries, imageMappings: {} }).locate(image, role).credentials?.username;
    }

    it.each([
      ["its ARN", SHOP],
      ["its name", "shop"],
    ])("gives a service those of its role, named by %s, before everybody's", (_what, bound) => {
      expect(userOf(SHOP, { all: undefined, mine: [bound], other: ["other"] })).toBe("mine");
    });

    it("gives everybody's where the role has none, and to services without a role", () => {
      expect(userOf(SHOP, { other: ["other"], all: undefined })).toBe("all");
      expect(userOf(null, { mine: ["shop"], all: undefined })).toBe("all");
      expect(userOf(null, { mine: ["shop"] })).toBeUndefined();
    });

    it("says so when others have credentials and the role has none", () => {
      expect(() => userOf(SHOP, { other: ["other"] })).toThrow(
        `the access role ${SHOP} has no credentials for the registry registry.example.com`,
      );
    });

    it("needs none for a registry that nobody has credentials for", () => {
      expect(userOf(SHOP, {})).toBeUndefined();
    });
  });
});
