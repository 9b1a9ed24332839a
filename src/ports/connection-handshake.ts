/** What the API needs to end the handshake of a connection. Implementation: `sources/connections`. */
import type { ConnectionCredential } from "../domain/connection-credential.ts";
import type { Connection } from "../domain/configuration.ts";

export interface ConnectionHandshake {
  /**
   * Checks the credential with the provider, seals it and saves the outcome: AVAILABLE, or ERROR with the reason. A
   * connection that is AVAILABLE keeps what it has when the new credential is refused. Throws InvalidParameter for what
   * cannot belong together and for a refused new credential, NoSuchResource when the connection is gone.
   */
  complete(request: HandshakeRequest, signal: AbortSignal): Promise<Connection>;
}

export interface HandshakeRequest {
  readonly connectionArn: string;
  /** As given; null: the provider's own. */
  readonly serverUrl: string | null;
  readonly credential: ConnectionCredential;
}
