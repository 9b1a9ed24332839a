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
  const located = registryTable({ registries: [], imageMappings }).locate(parseImageReference(name, "image"));
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
    expect(table.locate(image).credentials).toEqual({ username: "robot", password: "first" });
    writeFileSync(passwordFile, "second");
    expect(table.locate(image).credentials).toEqual({ username: "robot", password: "second" });
    expect(table.locate(parseImageReference("other.example.com/web", "image")).credentials).toBeUndefined();
  });
});
