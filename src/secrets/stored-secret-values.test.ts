import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Parameter } from "../domain/parameter.ts";
import { type Secret, type SecretValue, sealPurpose } from "../domain/stored-secret.ts";
import { SecretUnavailable } from "../ports/secret-values.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { SealedVault } from "./sealed-vault.ts";
import { purgeOnce } from "./secret-purge.ts";
import { StoredSecretValues } from "./stored-secret-values.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf";
const clock = { now: () => nowMs };
const vault = new SealedVault(randomBytes(32));

let nowMs: number;
let store: Store;
let values: StoredSecretValues;

beforeEach(async () => {
  nowMs = 1000;
  store = await openSqliteStore({ path: ":memory:" });
  values = new StoredSecretValues({ store, vault, scope, clock });
});
afterEach(() => store.close());

const versions = [
  { id: "v1", stages: ["AWSPREVIOUS"], createdAtMs: 1 },
  { id: "v2", stages: ["AWSCURRENT"], createdAtMs: 2 },
];
const secret: Secret = {
  arn,
  name: "db",
  description: "",
  tags: [],
  versions,
  createdAtMs: 1,
  changedAtMs: 1,
  deletion: null,
};

async function keep(texts: readonly string[], wish: Partial<Secret> = {}): Promise<void> {
  await store.secrets.save({ ...secret, ...wish });
  for (const [index, text] of texts.entries()) await seal(`v${index + 1}`, { kind: "text", text });
}

async function seal(version: string, value: SecretValue): Promise<void> {
  const sealed = vault.seal(sealPurpose(arn, version), JSON.stringify(value));
  await store.sealedValues.save(arn, version, sealed);
}

async function keepParameter(name: string, texts: readonly string[], createdAtMs = 1): Promise<void> {
  const facts = { type: "SecureString", tier: "Standard", description: "", allowedPattern: "" } as const;
  const made = texts.map((_, index) => ({ ...facts, number: index + 1, createdAtMs }));
  const parameter = { name, tags: [], versions: made } as unknown as Parameter;
  await store.parameters.save(parameter);
  for (const [index, text] of texts.entries()) {
    const version = String(index + 1);
    await store.sealedValues.save(name, version, vault.seal(sealPurpose(name, version), text));
  }
}

async function valueOf(reference: string): Promise<string> {
  return values.read(await values.resolve(reference));
}

const problemOf = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "none",
    (error: unknown) => (error instanceof SecretUnavailable ? error.message : `thrown: ${String(error)}`),
  );

describe("a secret", () => {
  test("is its current version, pinned by its id", async () => {
    await keep(["one", "two"]);
    expect(await values.resolve(arn)).toEqual({ reference: arn, versionId: "v2", createdAtMs: 2 });
    expect(await valueOf(arn)).toBe("two");
    expect(await valueOf(arn.slice(0, -7))).toBe("two");
    expect(await valueOf(`${arn}::AWSPREVIOUS:`)).toBe("one");
    expect(await valueOf(`${arn}:::v1`)).toBe("one");
  });

  test("that was pinned stays what it was, though there are newer versions", async () => {
    await keep(["one", "two"], { versions: [{ id: "v1", stages: ["AWSCURRENT"], createdAtMs: 1 }] });
    const pinned = await values.resolve(arn);
    await store.secrets.save(secret);
    expect([await values.read(pinned), await valueOf(arn)]).toEqual(["one", "two"]);
    await store.secrets.save({ ...secret, versions: versions.slice(1) });
    expect(await problemOf(values.read(pinned))).toMatch(/no such version \(any more\)/);
  });

  test("gives one member of its JSON: strings as they are, everything else as JSON", async () => {
    await keep(["", JSON.stringify({ user: "ada", port: 5432, isOn: true, "a b": { c: [1] }, none: null })]);
    const members = await Promise.all(
      ["user", "port", "isOn", "a b", "none"].map((key) => valueOf(`${arn}:${key}::`)),
    );
    expect(members).toEqual(["ada", "5432", "true", '{"c":[1]}', "null"]);
    expect(await problemOf(valueOf(`${arn}:password::`))).toMatch(/has no JSON key "password"/);
    expect(await problemOf(valueOf(`${arn}:constructor::`))).toMatch(/has no JSON key "constructor"/);
  });

  test("gives numbers as they were written, and __proto__ like any other key", async () => {
    await keep(["", '{"id": 12345678901234567890, "in": {"price": 1.10}, "__proto__": "p"}']);
    expect(await valueOf(`${arn}:id::`)).toBe("12345678901234567890");
    expect(await valueOf(`${arn}:in::`)).toBe('{"price":1.10}');
    expect(await valueOf(`${arn}:__proto__::`)).toBe("p");
  });

  test("that nests deeper than can be read is refused, not stumbled over", async () => {
    await keep(["", `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`]);
    expect(await problemOf(valueOf(`${arn}:a::`))).toMatch(/is not a JSON object that can be read/);
  });

  test.each(["hunter2", "42", '["hunter2"]', '"hunter2"', "{hunter2"])(
    "that is not a JSON object has no keys, and %s is not told",
    async (text) => {
      await keep(["", text]);
      const problem = await problemOf(valueOf(`${arn}:password::`));
      expect(problem).toMatch(/is not a JSON object/);
      expect(problem).not.toContain("hunter2");
    },
  );

  test("of bytes, or with a NUL in its JSON, is no variable", async () => {
    await keep(["", '{"a":"\\u0000"}']);
    expect(await problemOf(valueOf(`${arn}:a::`))).toMatch(/NUL character/);
    await seal("v2", { kind: "binary", binary: "AAAA" });
    expect(await problemOf(valueOf(arn))).toMatch(/holds bytes, not text/);
  });

  test("that is not there, marked for deletion, gone or of elsewhere says so", async () => {
    expect(await problemOf(valueOf(arn))).toBe(`The secret ${arn} is not there; see \`slipway secrets ls\`.`);
    await keep(["one", "two"], { deletion: { askedAtMs: 1, atMs: 2000 } });
    expect(await problemOf(valueOf(arn))).toMatch(/marked for deletion; restore it/);
    nowMs = 2000;
    expect(await problemOf(valueOf(arn))).toMatch(/is not there/);
    expect(await problemOf(valueOf(arn.replace("us-east-1", "eu-west-1")))).toMatch(
      /is of the Region eu-west-1; this installation is us-east-1/,
    );
  });

  test("that was sealed under a key that is not here says so", async () => {
    await keep(["one", "two"]);
    const other = new StoredSecretValues({ store, scope, clock, vault: new SealedVault(randomBytes(32)) });
    expect(await problemOf(other.resolve(arn).then((pinned) => other.read(pinned)))).toMatch(
      /cannot be opened: sealed under a key that is not here/,
    );
  });
});

describe("a parameter", () => {
  test("is its newest version, pinned by its number", async () => {
    await keepParameter("/shop/db", ["one", "two"]);
    const parameterArn = "arn:aws:ssm:us-east-1:000000000000:parameter/shop/db";
    const pinned = { reference: "/shop/db", versionId: "2", createdAtMs: 1 };
    expect(await values.resolve("/shop/db")).toEqual(pinned);
    expect([await valueOf("/shop/db"), await valueOf(parameterArn)]).toEqual(["two", "two"]);
    expect(await values.read({ ...pinned, reference: parameterArn, versionId: "1" })).toBe("one");
    expect(await problemOf(values.read({ ...pinned, versionId: "9" }))).toMatch(/no such version/);
  });

  test("that was deleted and made anew is another one, though its numbers are the same", async () => {
    await keepParameter("/shop/db", ["one"]);
    const pinned = await values.resolve("/shop/db");
    await keepParameter("/shop/db", ["other"], 2);
    expect(await valueOf("/shop/db")).toBe("other");
    expect(await problemOf(values.read(pinned))).toMatch(/no such version \(any more\)/);
  });

  test("that is not there says what else the reference could be", async () => {
    expect(await problemOf(valueOf("db"))).toMatch(/is no parameter that is there; for a secret/);
  });
});

test("what was deleted is forgotten with its values when its time is over, and not before", async () => {
  await keep(["one", "two"], { deletion: { askedAtMs: 1, atMs: 2000 } });
  await purgeOnce({ store, clock: { ...clock, sleep: () => Promise.resolve() } });
  expect(await store.secrets.get(arn)).not.toBeNull();
  nowMs = 2000;
  await purgeOnce({ store, clock: { ...clock, sleep: () => Promise.resolve() } });
  expect([await store.secrets.get(arn), await store.sealedValues.get(arn, "v1")]).toEqual([null, null]);
});
