/** What opens a Git host, as the handshake of a connection brings it. Lives sealed; never in a log or an error. */

export type ConnectionCredential = TokenCredential | DeployKeyCredential | GitHubAppCredential;

/** A personal, group, project or repository token, or a password. */
export interface TokenCredential {
  readonly kind: "token";
  /** Null: the name that the provider takes with tokens. */
  readonly username: string | null;
  readonly token: string;
}

/** A key for ssh. */
export interface DeployKeyCredential {
  readonly kind: "deploy-key";
  /** OpenSSH or PEM, without a passphrase. */
  readonly privateKey: string;
  /** Lines of a known_hosts file; null: the host's key is trusted and kept at first use. */
  readonly knownHosts: string | null;
}

/** An installed GitHub App: asks for a new token each hour. */
export interface GitHubAppCredential {
  readonly kind: "github-app";
  readonly appId: string;
  readonly installationId: string;
  /** PEM. */
  readonly privateKey: string;
}
