/** Credentials of connections in the vault, each bound to its connection. */
import type { ConnectionCredential } from "../../domain/connection-credential.ts";
import type { Vault } from "../../ports/vault.ts";

function purposeOf(connectionArn: string): string {
  return `connection ${connectionArn}`;
}

export function sealCredential(
  vault: Vault,
  connectionArn: string,
  credential: ConnectionCredential,
): string {
  return vault.seal(purposeOf(connectionArn), JSON.stringify(credential));
}

/** Throws SealBroken. */
export function openCredential(vault: Vault, connectionArn: string, sealed: string): ConnectionCredential {
  return JSON.parse(vault.open(purposeOf(connectionArn), sealed)) as ConnectionCredential;
}
