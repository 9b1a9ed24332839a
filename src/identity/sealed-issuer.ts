/** Makes temporary credentials. */
import { newIdentityId, newSecretKey, type RandomBytes } from "../domain/access-key.ts";
import type { Role } from "../domain/identity.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  CredentialIssuer,
  SessionOwner,
  SessionRequest,
  TemporaryCredentials,
} from "../ports/credentials.ts";
import type { Vault } from "../ports/vault.ts";
import { sealSessionToken, type SessionClaims } from "./session-token.ts";

export interface SealedIssuerOptions {
  readonly vault: Vault;
  readonly clock: Pick<Clock, "now">;
  readonly random: RandomBytes;
}

/** What is the same in all claims is added here. */
type Subject = SessionClaims extends infer Claims
  ? Claims extends SessionClaims
    ? Omit<Claims, "secret" | "issuedAtMs" | "expiresAtMs">
    : never
  : never;

export class SealedIssuer implements CredentialIssuer {
  readonly #options: SealedIssuerOptions;

  constructor(options: SealedIssuerOptions) {
    this.#options = options;
  }

  issueForRole(
    role: Pick<Role, "arn" | "id" | "name">,
    { durationSeconds, ...request }: SessionRequest,
  ): TemporaryCredentials {
    return this.#issue({ kind: "role", roleArn: role.arn, roleId: role.id, ...request }, durationSeconds);
  }

  issueForOwner(owner: SessionOwner, durationSeconds: number): TemporaryCredentials {
    return this.#issue({ kind: "own", ...owner }, durationSeconds);
  }

  #issue(subject: Subject, durationSeconds: number): TemporaryCredentials {
    const { vault, clock, random } = this.#options;
    const accessKeyId = newIdentityId("ASIA", random);
    const issuedAtMs = clock.now();
    const claims: SessionClaims = {
      ...subject,
      secret: newSecretKey(random),
      issuedAtMs,
      expiresAtMs: issuedAtMs + durationSeconds * 1000,
    };
    const { secret, expiresAtMs } = claims;
    return { accessKeyId, secret, sessionToken: sealSessionToken(vault, accessKeyId, claims), expiresAtMs };
  }
}
