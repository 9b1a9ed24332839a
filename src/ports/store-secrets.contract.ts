/** What every Store does with secrets, parameters and their sealed values: a part of `describeStore`. */
import { describe, expect, it } from "vitest";
import type { Parameter } from "../domain/parameter.ts";
import type { Secret } from "../domain/stored-secret.ts";
import type { Store } from "./store.ts";

export function describeSecretTables(store: () => Store): void {
  describe("secrets", () => {
    it("are found by ARN and by name, and come back as they were saved last", async () => {
      const { secrets } = store();
      const secret = aSecret("db");
      await secrets.save(secret);
      const changed: Secret = {
        ...secret,
        versions: [{ id: "v1", stages: ["AWSCURRENT"], createdAtMs: 2 }],
        changedAtMs: 2,
      };
      await secrets.save(changed);
      expect(await secrets.get(secret.arn)).toStrictEqual(changed);
      expect(await secrets.findByName("db")).toStrictEqual(changed);
      expect(await secrets.get("db")).toBeNull();
      expect(await secrets.findByName("other")).toBeNull();
      await secrets.remove(secret.arn);
      expect(await secrets.get(secret.arn)).toBeNull();
    });

    it("do not share a name", async () => {
      const { secrets } = store();
      await secrets.save(aSecret("db"));
      await expect(secrets.save(aSecret("db", "arn:other"))).rejects.toThrow(/db already exists/);
      expect(await secrets.count()).toBe(1);
    });

    it("are listed by name, page by page, and tell which of them may go", async () => {
      const { secrets } = store();
      const old: Secret = { ...aSecret("b"), deletion: { askedAtMs: 1, atMs: 10 } };
      for (const secret of [aSecret("c"), old, aSecret("a")]) await secrets.save(secret);
      const { rows, lastKey } = await secrets.list({ after: null, limit: 2 });
      expect(rows.map(({ name }) => name)).toEqual(["a", "b"]);
      const rest = await secrets.list({ after: lastKey, limit: 2 });
      expect([rest.rows.map(({ name }) => name), rest.lastKey]).toEqual([["c"], null]);
      expect(await secrets.listDeletable(9)).toEqual([]);
      expect(await secrets.listDeletable(10)).toStrictEqual([old]);
    });
  });

  describe("parameters", () => {
    it("are kept by name", async () => {
      const { parameters } = store();
      await parameters.save(aParameter("/shop/db"));
      const changed = { ...aParameter("/shop/db"), tags: [{ key: "a", value: "b" }] };
      await parameters.save(changed);
      expect(await parameters.get("/shop/db")).toStrictEqual(changed);
      expect(await parameters.count()).toBe(1);
      await parameters.remove("/shop/db");
      expect(await parameters.get("/shop/db")).toBeNull();
    });

    it("are listed by the beginning of their name, page by page", async () => {
      const { parameters } = store();
      for (const name of ["/shop/b", "/shopping", "/shop/a", "/blog/a", "plain", "/shop/a/deep"]) {
        await parameters.save(aParameter(name));
      }
      const first = await parameters.list("/shop/", { after: null, limit: 2 });
      expect(first.rows.map(({ name }) => name)).toEqual(["/shop/a", "/shop/a/deep"]);
      const second = await parameters.list("/shop/", { after: first.lastKey, limit: 2 });
      expect([second.rows.map(({ name }) => name), second.lastKey]).toEqual([["/shop/b"], null]);
      const all = await parameters.list("", { after: null, limit: 10 });
      expect(all.rows).toHaveLength(6);
    });
  });

  describe("sealed values", () => {
    it("are kept by owner and version, and go one by one or all at once", async () => {
      const { sealedValues: values } = store();
      for (const version of ["1", "2", "3"]) await values.save("db", version, `sealed ${version}`);
      await values.save("db", "2", "sealed anew");
      await values.save("other", "1", "another's");
      expect(await values.get("db", "2")).toBe("sealed anew");
      expect((await values.ownersOf("1")).toSorted()).toEqual(["db", "other"]);
      expect(await values.ownersOf("2")).toEqual(["db"]);
      await values.remove("db", ["1", "3"]);
      await values.remove("db", []);
      expect(await values.get("db", "1")).toBeNull();
      expect(await values.get("db", "2")).toBe("sealed anew");
      await values.removeAll("db");
      expect(await values.get("db", "2")).toBeNull();
      expect(await values.get("other", "1")).toBe("another's");
    });

    it("that were saved in a transaction that failed are not there", async () => {
      const attempt = store().transaction(async (tx) => {
        await tx.sealedValues.save("db", "1", "sealed");
        throw new Error("as intended");
      });
      await expect(attempt).rejects.toThrow("as intended");
      expect(await store().sealedValues.get("db", "1")).toBeNull();
    });
  });
}

function aSecret(name: string, arn = `arn:${name}`): Secret {
  return {
    arn,
    name,
    description: "",
    tags: [],
    versions: [],
    createdAtMs: 1,
    changedAtMs: 1,
    deletion: null,
  };
}

function aParameter(name: string): Parameter {
  const version = {
    number: 1,
    type: "String",
    tier: "Standard",
    description: "",
    allowedPattern: "",
    createdAtMs: 1,
  } as const;
  return { name, tags: [], versions: [version] };
}
