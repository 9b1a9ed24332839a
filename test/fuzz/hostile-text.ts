/** Texts that have broken programs before, and what becomes of a good text when it is damaged. */
import type { Chance } from "./chance.ts";

const LONG = 4_000;

/** Without the long ones, which are made when they are needed. */
const NASTY = [
  "",
  " ",
  "\0",
  "\n",
  "\r\nSet-Cookie: a=b",
  "\t\v\f",
  "\u202E\u200B\uFEFF",
  "\uD800",
  "\uDFFF\uD800",
  "💥".repeat(20),
  "é".normalize("NFD"),
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "null",
  "undefined",
  "NaN",
  "-0",
  "1e309",
  "9007199254740993",
  "0x10",
  "../../../../etc/passwd",
  "..%2f..%2f",
  "/proc/self/environ",
  "file:///etc/passwd",
  "http://169.254.169.254/latest/meta-data/",
  "http://[::1]:7070/",
  "http://127.0.0.1@evil.example/",
  "ext::sh -c touch% /tmp/x",
  "--upload-pack=touch /tmp/x",
  "-oProxyCommand=touch /tmp/x",
  "$(touch /tmp/x)",
  "`touch /tmp/x`",
  "; touch /tmp/x #",
  "| cat",
  "&& true",
  "' or '1'='1",
  '"; drop table services; --',
  "%s%s%n",
  "%00",
  "%c0%ae%c0%ae/",
  "{{7*7}}",
  "${jndi:ldap://x}",
  "${env:PATH}",
  "<script>alert(1)</script>",
  "*",
  "?",
  "**/**/**",
  "(a+)+$",
  "[",
  "\\",
  "arn:aws:apprunner:us-east-1:000000000000:service/web1/0123456789abcdef0123456789abcdef",
  "arn:aws:apprunner:us-east-1:111111111111:service/web1/0123456789abcdef0123456789abcdef",
  "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:::",
  "arn:::::",
  "arn:aws:iam::000000000000:root",
  "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
] as const;

/** What a repetition is made of: where patterns are matched badly, these take for ever. */
const REPEATED = ["a", "0", " ", "/", ".", "-", ":", "*", "?", "%", "\\", '"', "(", "[", "{", "é", "\n"];

export function nastyText(chance: Chance): string {
  if (chance.oneIn(12)) return chance.pick(REPEATED).repeat(1 + chance.below(LONG));
  if (chance.oneIn(8)) return randomText(chance, chance.below(60));
  return chance.pick(NASTY);
}

/** A good text, damaged in one to three places. */
export function damaged(text: string, chance: Chance): string {
  let result = text;
  for (let round = 0; round <= chance.below(3); round += 1) result = damageOnce(result, chance);
  return result;
}

function damageOnce(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const until = Math.min(text.length, at + chance.below(8));
  const [head, middle, tail] = [text.slice(0, at), text.slice(at, until), text.slice(until)];
  switch (chance.below(6)) {
    case 0:
      return head + tail;
    case 1:
      return head + nastyText(chance) + tail;
    case 2:
      return head + middle.repeat(1 + chance.below(200)) + tail;
    case 3:
      return head + randomText(chance, 1 + chance.below(4)) + tail;
    case 4:
      return head + chance.pick(REPEATED).repeat(1 + chance.below(LONG)) + tail;
    default:
      return tail + middle + head;
  }
}

function randomText(chance: Chance, length: number): string {
  return Array.from({ length }, () =>
    String.fromCharCode(chance.below(chance.oneIn(3) ? 0x1_0000 : 128)),
  ).join("");
}
