/**
 * Who may call, and what they may do: users, roles and policies as IAM has them. The root principal is no record: it may do
 * everything in its account.
 */

/** Name → policy document, as it was given (checked JSON text). */
export type InlinePolicies = Readonly<Record<string, string>>;

interface Identity {
  readonly arn: string;
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  /** AIDA… or AROA… [IAM]; another one when the name is used again, so that what was given to the old one is not the new one's. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly inlinePolicies: InlinePolicies;
  readonly attachedPolicyArns: readonly string[];
  /** Removed rows are gone; kept for the table, which asks. */
  readonly status: "ACTIVE";
}

export interface User extends Identity {
  /** Null: cannot sign in to the console with a password. */
  readonly login: Login | null;
}

export interface Login {
  /** argon2id, in its text form. */
  readonly passwordHash: string;
  readonly mustChange: boolean;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly lastUsedAtMs: number | null;
}

export interface Role extends Identity {
  readonly description: string;
  /** Who may assume it (checked JSON text). */
  readonly trustPolicy: string;
  /** 1 to 12 hours [IAM]. */
  readonly maxSessionSeconds: number;
}

/** A managed policy of the account. AWS's own, which every account has, are in `builtin-policies.ts`. */
export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** ANPA… [IAM]. */
  readonly id: string;
  readonly description: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** Oldest first, at most five [IAM]. */
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersionId: string;
  readonly status: "ACTIVE";
}

export interface PolicyVersion {
  /** v1, v2 … */
  readonly id: string;
  /** Checked JSON text. */
  readonly document: string;
  readonly createdAtMs: number;
}

/** Who a call comes from, proven. */
export type Principal = {
  /** `arn:aws:iam::<account>:root`, `…:user/<path><name>`, `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  readonly arn: string;
  /** Null: signed in to the console. */
  readonly accessKeyId: string | null;
} & (
  | { readonly kind: "root" }
  | { readonly kind: "user"; readonly userArn: string; readonly userId: string }
  /** Temporary credentials of a role. */
  | {
      readonly kind: "role";
      readonly roleArn: string;
      readonly roleId: string;
      readonly sessionName: string;
      readonly issuedAtMs: number;
      readonly expiresAtMs: number;
      /** Narrows what the role may do; checked JSON text. */
      readonly sessionPolicy?: string;
      /** The service whose instance it is, where the credentials were given to an instance. */
      readonly serviceArn?: string;
    }
);
