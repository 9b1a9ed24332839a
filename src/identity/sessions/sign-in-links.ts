/** Links that sign in once: in memory, for a minute. A restart forgets them, and another one is asked for. */
import { createHash, randomBytes } from "node:crypto";
import type { Principal } from "../../domain/identity.ts";
import type { SessionOwner } from "../../domain/sign-in-session.ts";
import type { Clock } from "../../ports/clock.ts";
import { type SignInLink, SignInRefused } from "../../ports/sign-in.ts";

/** Who asked for it. */
export interface LinkOwner {
  readonly owner: SessionOwner;
  readonly accessKeyId: string;
}

interface Issued {
  readonly by: LinkOwner;
  readonly expiresAtMs: number;
}

const VALID_MS = 60_000;
/** Of one access key; whoever asks for more loses their own oldest, and nobody else's. */
const LINKS_MAX = 5;

export class SignInLinks {
  readonly #clock: Pick<Clock, "now">;
  /** By the hash of the token. */
  readonly #issued = new Map<string, Issued>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Throws SignInRefused. */
  create(principal: Principal): SignInLink {
    const by = ownerOf(principal);
    const token = randomBytes(32).toString("base64url");
    const expiresAtMs = this.#clock.now() + VALID_MS;
    this.#makeRoomFor(by);
    this.#issued.set(hashOf(token), { by, expiresAtMs });
    return { token, expiresAtMs };
  }

  /** Whose it is; then it is used. */
  redeem(token: string): LinkOwner | null {
    const hash = hashOf(token);
    const issued = this.#issued.get(hash);
    this.#issued.delete(hash);
    return issued === undefined || this.#isOver(issued) ? null : issued.by;
  }

  #makeRoomFor({ accessKeyId }: LinkOwner): void {
    for (const [hash, issued] of this.#issued) if (this.#isOver(issued)) this.#issued.delete(hash);
    const own = [...this.#issued].filter(([, { by }]) => by.accessKeyId === accessKeyId);
    const [oldest] = own;
    if (own.length >= LINKS_MAX && oldest !== undefined) this.#issued.delete(oldest[0]);
  }

  #isOver({ expiresAtMs }: Issued): boolean {
    return this.#clock.now() >= expiresAtMs;
  }
}

function ownerOf(principal: Principal): LinkOwner {
  if (principal.kind === "role") {
    throw new SignInRefused(
      "A role cannot sign in to the console with a link: its credentials end by themselves. Use a user's access key.",
    );
  }
  // A session that could make links would never end.
  const { accessKeyId } = principal;
  if (accessKeyId === null) {
    throw new SignInRefused("A link is asked for with an access key, not from the console.");
  }
  if (accessKeyId.startsWith("ASIA")) {
    throw new SignInRefused(
      "A link is asked for with an access key of one's own; temporary credentials end too soon.",
    );
  }
  if (principal.kind === "root") return { owner: { kind: "root" }, accessKeyId };
  const { userArn, userId } = principal;
  return { owner: { kind: "user", userArn, userId }, accessKeyId };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
