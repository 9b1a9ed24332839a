import { expect, test } from "vitest";
import { parseSecretReference, referenceProblem } from "./secret-reference.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-AbCdEf";

test.each([
  [arn, {}],
  [`${arn}:password`, { jsonKey: "password" }],
  [`${arn}:password::`, { jsonKey: "password" }],
  [`${arn}::AWSPREVIOUS:`, { stage: "AWSPREVIOUS" }],
  [`${arn}:::id-1`, { versionId: "id-1" }],
  [`${arn}:a:b:c`, { jsonKey: "a", stage: "b", versionId: "c" }],
])("%s names a secret", (text, parts) => {
  expect(parseSecretReference(text, scope)).toEqual({
    kind: "secret",
    secretId: arn,
    jsonKey: undefined,
    stage: undefined,
    versionId: undefined,
    ...parts,
  });
});

test.each([
  ["arn:aws:ssm:us-east-1:000000000000:parameter/shop/db", ["/shop/db"]],
  ["arn:aws:ssm:us-east-1:000000000000:parameter/db", ["db", "/db"]],
  ["/shop/db", ["/shop/db"]],
  ["db", ["db"]],
])("%s names a parameter", (text, names) => {
  expect(parseSecretReference(text, scope)).toEqual({ kind: "parameter", names, version: null });
});

test.each([
  ["vault:secret/shop/db", { path: "shop/db" }],
  ["vault:secret/shop/db:password", { path: "shop/db", key: "password" }],
  ["vault:secret/shop/db:password:3", { path: "shop/db", key: "password", version: "3" }],
])("%s names a place in a store that is not ours", (text, parts) => {
  expect(parseSecretReference(text, scope)).toEqual({
    kind: "external",
    mount: "secret",
    key: undefined,
    version: undefined,
    ...parts,
  });
  expect(referenceProblem(text)).toBeNull();
});

test.each([
  "vault:",
  "vault:secret",
  "vault:secret/",
  "vault:secret//db",
  "vault:secret/../sys",
  "vault:secret/a?b",
  "vault:secret/a:k:x",
])("%s is refused", (text) => {
  expect(referenceProblem(text)).toBe("is not vault:<mount>/<path>[:<key>[:<version>]]");
});

test.each([
  [arn.replace("us-east-1", "eu-west-1"), "is of the Region eu-west-1; this installation is us-east-1"],
  [
    arn.replace("000000000000", "111111111111"),
    "is of the account 111111111111; this installation is 000000000000",
  ],
  ["arn:aws:s3:::bucket", "is an ARN of neither Secrets Manager nor Parameter Store"],
  [`${arn}:a:b:c:d`, expect.stringContaining("is not arn:aws:secretsmanager")],
  [
    "arn:aws:secretsmanager:us-east-1:000000000000:secret:",
    expect.stringContaining("is not arn:aws:secrets"),
  ],
  [
    "arn:aws:ssm:us-east-1:000000000000:document/x",
    expect.stringContaining("is neither the ARN of a secret"),
  ],
  [arn.replace("arn:aws:", "arn:aws-cn:"), expect.stringContaining("is an ARN of neither")],
  [arn.replace("shop/db", "shop db"), expect.stringContaining("is not arn:aws:secretsmanager")],
  ["/shop/db:1:2", expect.stringContaining("is neither the ARN of a secret")],
  ["/shop/db:stable", expect.stringContaining("names a version that is not a number")],
  ["hunter 2", expect.stringContaining("is neither the ARN of a secret")],
  ["", expect.stringContaining("is neither the ARN of a secret")],
])("%s is no reference", (text, problem) => {
  expect(parseSecretReference(text, scope)).toEqual({ kind: "none", problem });
});

test("what is a reference somewhere is known without asking where", () => {
  const elsewhere = arn.replace("us-east-1:000000000000", "eu-west-1:111111111111");
  for (const text of [arn, elsewhere, `${elsewhere}:key::`, "/shop/db:3", "db"]) {
    expect(referenceProblem(text)).toBeNull();
  }
  for (const text of ["", "hunter2!", "arn:aws:ssm:::parameter/hunter2", `${arn}:a:b:c:hunter2`]) {
    expect(referenceProblem(text)).toMatch(/^is (?!.*hunter2)/);
  }
});
