/** The credentials of a connection, for whoever talks to its Git host. Never written to a log, an argument or a URL. */
export interface GitCredentials {
  /** Throws SourceError "unauthorized" when the connection is not (or no longer) usable, with what to do. */
  forConnection(connectionArn: string, signal: AbortSignal): Promise<GitCredential>;
}

export type GitCredential =
  | {
      readonly kind: "password";
      /** Many hosts take any name with a token. */
      readonly username: string;
      readonly password: string;
      /** Scheme, host and port the password may be sent to, for instance `https://github.com`. */
      readonly origin: string;
    }
  | {
      readonly kind: "ssh-key";
      /** OpenSSH or PEM. */
      readonly privateKey: string;
      /** Host and port the key may be used with, for instance `github.com:22`. */
      readonly host: string;
      /** Lines of a known_hosts file; null: the host's key is trusted and kept at first use. */
      readonly knownHosts: string | null;
    };
