/** Whether a role may read the secrets that a service names. Implementation: `secrets/`. */
export interface SecretAccess {
  /** Throws SecretUnavailable that names secret, role and action. */
  assertReadable(reference: string, roleArn: string): Promise<void>;
}
