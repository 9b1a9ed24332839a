import { expect, test } from "vitest";
import { PasswordsBusy } from "../../ports/passwords.ts";
import { ArgonPasswords } from "./argon-passwords.ts";
import { MEASURED } from "../../../test/support/processor-time.ts";

const passwords = new ArgonPasswords();
const TEXT = "quick brown fox";

test("a hash is PHC's text of argon2id, salted, and only its password fits", async () => {
  const hash = await passwords.hash(TEXT);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await passwords.hash(TEXT)).not.toBe(hash);
  expect(await passwords.verify(TEXT, hash, "stranger")).toBe(true);
  expect(await passwords.verify(`${TEXT}.`, hash, "stranger")).toBe(false);
});

test("a hash of other parameters and another program is read by what it says of itself", async () => {
  // argon2(1) of the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
  const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  expect(await passwords.verify("password", hash, "stranger")).toBe(true);
  expect(await passwords.verify("Password", hash, "stranger")).toBe(false);
  await expect(passwords.verify("password", "plain", "stranger")).rejects.toThrow("argon2id");
});

test("letters are the same however they are put together", async () => {
  const hash = await passwords.hash("caf\u00e9 cr\u00e8me br\u00fbl\u00e9e");
  expect(await passwords.verify("cafe\u0301 cre\u0300me bru\u0302le\u0301e", hash, "stranger")).toBe(true);
});

test("nobody's password takes the work of a real one, and is never right", MEASURED, async () => {
  const hash = await passwords.hash(TEXT);
  const cpuMs = async (of: string | null) => {
    const before = process.cpuUsage();
    for (let count = 0; count < 4; count++) await passwords.verify("wrong password", of, "stranger");
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const [real, nobodys] = [await cpuMs(hash), await cpuMs(null)];
  expect(nobodys / real).toBeGreaterThan(0.4);
  expect(nobodys / real).toBeLessThan(2.5);
});

test("of a flood some wait and the others are refused at once; whoever was let in before is next", async () => {
  const order: string[] = [];
  const attempts = Array.from({ length: 100 }, async () => {
    await passwords.verify(TEXT, null, "stranger");
    order.push("stranger");
  });
  // One for each place: until one of them has ended, no stranger who waits has begun.
  const known = [1, 2].map(async () => {
    await passwords.verify(TEXT, null, "known");
    order.push("known");
  });
  const outcomes = await Promise.allSettled(attempts);
  const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  expect(refused.length).toBe(66);
  expect(refused.every(({ reason }) => reason instanceof PasswordsBusy)).toBe(true);
  await Promise.all(known);
  // The two strangers who had begun, or fewer: one of them may take longer.
  expect(order.indexOf("known")).toBeLessThanOrEqual(2);
  // Room again.
  expect(await passwords.verify(TEXT, null, "stranger")).toBe(false);
});

test("a password is long enough, not the name, and none of the commonest; nothing else is asked of it", () => {
  expect(passwords.problemOf("short", "ann")).toContain("12 to 128");
  expect(passwords.problemOf("x".repeat(129), "ann")).toContain("12 to 128");
  expect(passwords.problemOf("Administrator.one", "administrator.ONE")).toContain("name");
  for (const common of ["Password1234", "aaaaaaaaaaaaaaa", "abababababab", "correcthorsebatterystaple"]) {
    expect(passwords.problemOf(common, "ann")).toContain("first that are tried");
  }
  expect(passwords.problemOf("only small letters", "ann")).toBeNull();
  expect(passwords.problemOf(`${"😀".repeat(3)}abcdefghi`, "ann")).toBeNull();
});
