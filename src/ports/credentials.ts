/** What a credential stands for, and temporary ones for roles. Implementation: `identity/`. */
import type { Principal, Role } from "../domain/identity.ts";

export interface KnownCredential {
  readonly secret: string;
  readonly principal: Principal;
}

export interface Credentials {
  /**
   * Null: nobody's, made inactive, of a user or role that is gone, or a token that does not belong to the id. Throws
   * CredentialExpired. `sessionToken`: X-Amz-Security-Token; temporary credentials have one, access keys have none.
   */
  find(accessKeyId: string, sessionToken: string | null): Promise<KnownCredential | null>;
  /** Told after a signature was right; written now and then, not each time. */
  used(principal: Principal, service: string): void;
}

export interface TemporaryCredentials {
  /** ASIA… */
  readonly accessKeyId: string;
  readonly secret: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

export interface SessionRequest {
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly sessionPolicy?: string;
  readonly serviceArn?: string;
}

/** Who asks for a session of their own. */
export interface SessionOwner {
  readonly principalArn: string;
  /** Null: root. */
  readonly userId: string | null;
  /** The one that asked. The session ends with it, also when it is made inactive. */
  readonly ownKeyId: string;
}

/** Nothing is stored: the token itself, sealed by the vault, says what it is, so that it outlives a restart. */
export interface CredentialIssuer {
  issueForRole(role: Pick<Role, "arn" | "id" | "name">, request: SessionRequest): TemporaryCredentials;
  /** With all that they may do, for as long as their access key works. */
  issueForOwner(owner: SessionOwner, durationSeconds: number): TemporaryCredentials;
}

export class CredentialExpired extends Error {
  override readonly name = "CredentialExpired";
}
