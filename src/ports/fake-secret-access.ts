/** Roles may read everything but what a test denies them. */
import type { SecretAccess } from "./secret-access.ts";
import { SecretUnavailable } from "./secret-values.ts";

export class FakeSecretAccess implements SecretAccess {
  /** As `<role> <reference>`. */
  readonly denied = new Set<string>();
  readonly asked: string[] = [];

  async assertReadable(reference: string, roleArn: string): Promise<void> {
    this.asked.push(`${roleArn} ${reference}`);
    if (!this.denied.has(`${roleArn} ${reference}`)) return;
    throw new SecretUnavailable(`The secret ${reference} cannot be read: ${roleArn} is not authorized.`);
  }
}
