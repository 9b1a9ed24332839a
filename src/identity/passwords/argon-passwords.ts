/**
 * Passwords by argon2id, with the parameters that OWASP's Password Storage Cheat Sheet names first. Each takes 19 MiB and
 * some 50 ms of a core on a thread of its own: only two are worked on at once, few may wait, and the others are refused, so
 * that a flood of attempts takes neither the memory nor the threads that everything else needs. Strangers wait apart: however
 * many they are, whoever was let in before is next.
 */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { type PasswordAsker, type Passwords, PasswordsBusy } from "../../ports/passwords.ts";
import { isCommonPassword } from "./common-passwords.ts";

interface Parameters {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

interface Parsed extends Parameters {
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const LENGTH_MIN = 12;
const LENGTH_MAX = 128;
const PRESENT: Parameters = { memoryKiB: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Node has four threads for such work; files and names need some too. */
const AT_ONCE = 2;
/** Of each kind of asker. */
const WAITING_MAX = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
/** Nobody's: of random bytes, and so of no password. */
const NOBODYS = formatPhc({ ...PRESENT, salt: randomBytes(SALT_BYTES), tag: randomBytes(TAG_BYTES) });

const derive = promisify(argon2);

export class ArgonPasswords implements Passwords {
  #running = 0;
  readonly #waiting: Readonly<Record<PasswordAsker, (() => void)[]>> = { known: [], stranger: [] };

  async hash(text: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    // Whoever sets a password may do so.
    const tag = await this.#derive(text, { ...PRESENT, salt, tagBytes: TAG_BYTES }, "known");
    return formatPhc({ ...PRESENT, salt, tag });
  }

  async verify(text: string, hash: string | null, asker: PasswordAsker): Promise<boolean> {
    const parsed = parsePhc(hash ?? NOBODYS);
    const tag = await this.#derive(text, { ...parsed, tagBytes: parsed.tag.length }, asker);
    return timingSafeEqual(tag, parsed.tag) && hash !== null;
  }

  problemOf(text: string, userName: string): string | null {
    const { length } = text;
    if (length < LENGTH_MIN || length > LENGTH_MAX) {
      return `A password must have ${LENGTH_MIN} to ${LENGTH_MAX} characters; several words are good.`;
    }
    if (text.toLowerCase() === userName.toLowerCase())
      return "The password must not be the name of the user.";
    if (isCommonPassword(text)) return "This password is among the first that are tried: choose another one.";
    return null;
  }

  async #derive(
    text: string,
    parameters: Omit<Parsed, "tag"> & { readonly tagBytes: number },
    asker: PasswordAsker,
  ) {
    await this.#enter(this.#waiting[asker]);
    try {
      return await derive("argon2id", {
        // The same letters, however a keyboard puts them together.
        message: text.normalize("NFKC"),
        nonce: parameters.salt,
        memory: parameters.memoryKiB,
        passes: parameters.passes,
        parallelism: parameters.parallelism,
        tagLength: parameters.tagBytes,
      });
    } finally {
      this.#leave();
    }
  }

  async #enter(waiting: (() => void)[]): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return;
    }
    if (waiting.length >= WAITING_MAX) throw new PasswordsBusy("Too many passwords at once. Try again.");
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** Whoever waits longest takes the place over; strangers after all others. */
  #leave(): void {
    const next = this.#waiting.known.shift() ?? this.#waiting.stranger.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

function formatPhc({ memoryKiB, passes, parallelism, salt, tag }: Parsed): string {
  const base64 = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

function parsePhc(hash: string): Parsed {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(hash) ?? [];
  if (salt === undefined || tag === undefined)
    throw new Error("The stored hash of a password is not argon2id's.");
  return {
    memoryKiB: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}
