import { inspect } from "node:util";
import { expect, test } from "vitest";
import { nothingHidden, SecretMask } from "./secret-mask.ts";

test("a value is hidden wherever it stands, and with it the value that holds it", () => {
  const mask = SecretMask.of(["hunter2", "hunter2-long\n"]);
  expect(mask.hide("a hunter2-long b hunter2c hunter2")).toBe("a *** b ***c ***");
});

test("each line of a value is hidden for itself", () => {
  const mask = SecretMask.of(["-----BEGIN KEY-----\r\nabcdefgh\r\nxyz=\r\n-----END KEY-----\n"]);
  expect(
    ["xyz=", "-----BEGIN KEY-----", "> abcdefgh", "-----END KEY-----"].map((line) => mask.hide(line)),
  ).toEqual(["xyz=", "***", "> ***", "***"]);
});

test("of a value with very many lines the first are hidden, and every value of one line", () => {
  const lines = Array.from({ length: 60_000 }, (_, number) => `<line ${number}>`);
  const mask = SecretMask.of([lines.join("\n"), "hunter2-long"]);
  expect(mask.hide("<line 1000> <line 59999> hunter2-long")).toBe("*** <line 59999> ***");
});

test("what is too short to be told from other text stays, and so does all without secrets", () => {
  expect(SecretMask.of(["abc", "", "\n"]).hide("abc abc")).toBe("abc abc");
  expect(nothingHidden.hide("anything $& at all")).toBe("anything $& at all");
});

test("a value is hidden as JSON, URLs and forms write it", () => {
  const mask = SecretMask.of(['p"ss wörd/1+2', "abc def"]);
  expect(mask.hide(JSON.stringify({ a: 'p"ss wörd/1+2' }))).toBe('{"a":"***"}');
  expect(mask.hide(`?t=${encodeURIComponent('p"ss wörd/1+2')}&u`)).toBe("?t=***&u");
  expect(mask.hide(`t=${encodeURIComponent('p"ss wörd/1+2').replaceAll("%20", "+")}`)).toBe("t=***");
  // Of a short value only itself is.
  expect(mask.hide("abc+def")).toBe("abc+def");
});

test("a value is hidden in base64, wherever it begins within something longer", () => {
  const value = "s3cret/Valüe?>+";
  const mask = SecretMask.of([value]);
  for (const before of ["", "u", "us", "use", "user:"]) {
    for (const after of ["", "x", "xy"]) {
      for (const form of ["base64", "base64url"] as const) {
        const hidden = mask.hide(Buffer.from(before + value + after).toString(form));
        expect(hidden).toContain("***");
        expect(Buffer.from(hidden.replace(/^.*\*\*\*/, ""), form).toString()).not.toContain("alü");
        expect(hidden.length).toBeLessThan(16);
      }
    }
  }
});

test("of a secret in JSON, members are hidden that sound secret", () => {
  const mask = SecretMask.of(['{"host":"db.internal","password":"hunter2-long","port":5432,"apiKey":"k"}']);
  expect(mask.hide("db.internal:5432 hunter2-long k")).toBe("db.internal:5432 *** k");
  expect(SecretMask.of(["{not json at all"]).hide("{not json at all")).toBe("***");
});

test.each(["\uD800lone surrogate", "x".repeat(100_000), "\0\0\0\0\0\0\0\0", "😀😀😀😀😀"])(
  "a value of any kind can be hidden",
  (value) => {
    expect(SecretMask.of([value]).hide(`<${value}>`)).toBe("<***>");
  },
);

test("characters with a meaning in patterns are taken as they are", () => {
  expect(SecretMask.of(["a.*b$&"]).hide("axxb a.*b$& $&")).toBe("axxb *** $&");
});

test("who prints a mask prints no value", () => {
  const mask = SecretMask.of(["hunter2"]);
  expect(mask.words).toContain("hunter2");
  expect(inspect(mask) + JSON.stringify(mask)).not.toContain("hunter2");
});
