/**
 * Session tokens: what temporary credentials are, with their secret, sealed by the vault for their access key. Nothing is
 * stored, so that they outlive a restart and cost no place.
 */
import type { Vault } from "../ports/vault.ts";

interface Claims {
  readonly secret: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export type SessionClaims = Claims &
  (
    | {
        readonly kind: "role";
        readonly roleArn: string;
        readonly roleId: string;
        readonly sessionName: string;
        readonly sessionPolicy?: string;
        readonly serviceArn?: string;
      }
    /** Of who asked for it with that access key. `userId`: null for root. */
    | {
        readonly kind: "own";
        readonly principalArn: string;
        readonly userId: string | null;
        readonly ownKeyId: string;
      }
  );

/** Far above what a session can hold. Longer ones are not looked at. */
const TOKEN_MAX_CHARACTERS = 12_000;

export function sealSessionToken(vault: Vault, accessKeyId: string, claims: SessionClaims): string {
  const { secret, ...others } = claims;
  // A line of its own: what the vault opens is hidden in logs line by line, and the others are no secret.
  return vault.seal(purposeOf(accessKeyId), `${secret}\n${JSON.stringify(others)}`);
}

/** Null: not one of ours, or of another access key. */
export function openSessionToken(vault: Vault, accessKeyId: string, token: string): SessionClaims | null {
  if (token.length > TOKEN_MAX_CHARACTERS) return null;
  try {
    const [secret = "", others = ""] = vault.open(purposeOf(accessKeyId), token).split("\n");
    return { secret, ...(JSON.parse(others) as Omit<SessionClaims, "secret">) } as SessionClaims;
  } catch {
    // Whoever guesses is told no more than that it is wrong.
    return null;
  }
}

function purposeOf(accessKeyId: string): string {
  return `session token ${accessKeyId}`;
}
