/**
 * The token that Vault is asked with: from a file (which Vault's agent may rewrite), or by AppRole. Renewed when two thirds of
 * its time are over; one that Vault refuses is fetched anew once.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../ports/clock.ts";
import { VaultError } from "./vault-answer.ts";
import type { VaultClient } from "./vault-client.ts";

const CHECK_MS = 30_000;

export type VaultLogin =
  | { readonly kind: "token"; readonly file: string }
  | {
      readonly kind: "approle";
      readonly mount: string;
      readonly roleId: string;
      readonly secretIdFile: string;
    };

interface Held {
  readonly token: string;
  /** Null: it never ends, or cannot be renewed. */
  readonly renewAtMs: number | null;
}

export class VaultToken {
  readonly #client: VaultClient;
  readonly #login: VaultLogin;
  readonly #clock: Pick<Clock, "now">;
  #held: Promise<Held> | null = null;

  constructor(client: VaultClient, login: VaultLogin, clock: Pick<Clock, "now">) {
    this.#client = client;
    this.#login = login;
    this.#clock = clock;
  }

  /** Calls with the token; where Vault knows it no more, again with a new one. Throws VaultError. */
  async use<Result>(call: (token: string) => Promise<Result>): Promise<Result> {
    const holding = this.#hold();
    const { token } = await holding;
    try {
      return await call(token);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // What no policy allows is refused to a new token as well, and each login uses the secret id up. A file may have another.
      if (this.#login.kind === "approle" && (await this.#isAlive(token))) throw error;
      if (this.#held === holding) this.#held = null;
      const again = await this.#hold();
      if (again.token === token) throw error;
      return await call(again.token);
    }
  }

  /** Renews in time until the signal is aborted; what fails is tried again, and told by the next read. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await this.renewWhenDue().catch(() => undefined);
      await sleep(CHECK_MS, undefined, { signal: end, ref: false }).catch(() => undefined);
    }
  }

  async renewWhenDue(): Promise<void> {
    const held = await this.#hold();
    if (held.renewAtMs === null || this.#clock.now() < held.renewAtMs) return;
    try {
      const body = await this.#client.call({
        method: "POST",
        path: "auth/token/renew-self",
        token: held.token,
      });
      this.#held = Promise.resolve(this.#heldOf(held.token, leaseOf(body, "auth")));
    } catch (error) {
      // At its longest life, or revoked: with AppRole there is another one to be had.
      if (isRefusal(error)) this.#held = null;
      throw error;
    }
  }

  async #isAlive(token: string): Promise<boolean> {
    try {
      await this.#lookUp(token);
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  #lookUp(token: string): Promise<unknown> {
    return this.#client.call({ method: "GET", path: "auth/token/lookup-self", token });
  }

  #hold(): Promise<Held> {
    this.#held ??= this.#obtain().catch((error: unknown) => {
      this.#held = null;
      throw error;
    });
    return this.#held;
  }

  async #obtain(): Promise<Held> {
    return this.#login.kind === "token"
      ? await this.#fromFile(this.#login.file)
      : await this.#logIn(this.#login);
  }

  async #fromFile(file: string): Promise<Held> {
    const token = await textOf(file);
    const body = await this.#lookUp(token);
    return this.#heldOf(token, leaseOf(body, "data"));
  }

  async #logIn({ mount, roleId, secretIdFile }: Extract<VaultLogin, { kind: "approle" }>): Promise<Held> {
    const body = { role_id: roleId, secret_id: await textOf(secretIdFile) };
    const path = `auth/${mount.split("/").map(encodeURIComponent).join("/")}/login`;
    const answer = await this.#client.call({ method: "POST", path, body });
    const token = memberOf(memberOf(answer, "auth"), "client_token");
    if (typeof token !== "string") throw this.#client.problem("broken");
    return this.#heldOf(token, leaseOf(answer, "auth"));
  }

  #heldOf(token: string, { seconds, isRenewable }: Lease): Held {
    const renewAtMs = seconds > 0 && isRenewable ? this.#clock.now() + (seconds * 1000 * 2) / 3 : null;
    return { token, renewAtMs };
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof VaultError && error.problem === "refused";
}

interface Lease {
  readonly seconds: number;
  readonly isRenewable: boolean;
}

/** A login and a renewal tell it in `auth`, a look at the token in `data`. */
function leaseOf(body: unknown, part: "auth" | "data"): Lease {
  const told = memberOf(body, part);
  const seconds = memberOf(told, part === "auth" ? "lease_duration" : "ttl");
  return {
    seconds: typeof seconds === "number" ? seconds : 0,
    isRenewable: memberOf(told, "renewable") === true,
  };
}

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    throw new VaultError("broken", `Vault's credential ${file} cannot be read (${code})`, { cause });
  }
}
