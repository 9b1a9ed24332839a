/** What differs from one Git provider to another: addresses, names, and how a credential is shown and tried. Pure. */
import type { ProviderType } from "../../domain/configuration.ts";

export interface Provider {
  readonly label: string;
  /** Null: there is no usual one, the user must name it. */
  readonly defaultServerUrl: string | null;
  /** Goes with a token in a password's place when the user names none. */
  readonly tokenUsername: string;
  /** Null: a host without an API that is known here. */
  readonly api: ProviderApi | null;
}

export interface ProviderApi {
  /** Without a slash at its end. */
  base(serverUrl: string): string;
  /** Answers 200 to a token that is good. */
  readonly userPath: string;
  authorization(token: string, username: string | null): string;
}

const bearer = (token: string) => `Bearer ${token}`;

const PROVIDERS: Readonly<Record<ProviderType, Provider>> = {
  GITHUB: {
    label: "GitHub",
    defaultServerUrl: "https://github.com",
    tokenUsername: "x-access-token",
    api: {
      base: (server) => (server === "https://github.com" ? "https://api.github.com" : `${server}/api/v3`),
      userPath: "/user",
      authorization: bearer,
    },
  },
  GITLAB: {
    label: "GitLab",
    defaultServerUrl: "https://gitlab.com",
    tokenUsername: "oauth2",
    api: { base: (server) => `${server}/api/v4`, userPath: "/user", authorization: bearer },
  },
  BITBUCKET: {
    label: "Bitbucket",
    defaultServerUrl: "https://bitbucket.org",
    tokenUsername: "x-token-auth",
    api: {
      base: (server) =>
        server === "https://bitbucket.org" ? "https://api.bitbucket.org/2.0" : `${server}/2.0`,
      userPath: "/user",
      // Access tokens of repositories and workspaces stand alone; passwords of apps belong to a user.
      authorization: (token, username) =>
        username === null ? bearer(token) : `Basic ${Buffer.from(`${username}:${token}`).toString("base64")}`,
    },
  },
  GITEA: {
    label: "Gitea",
    defaultServerUrl: null,
    tokenUsername: "oauth2",
    api: {
      base: (server) => `${server}/api/v1`,
      userPath: "/user",
      authorization: (token) => `token ${token}`,
    },
  },
  GIT: { label: "Git", defaultServerUrl: null, tokenUsername: "git", api: null },
};

export function providerOf(type: ProviderType): Provider {
  return PROVIDERS[type];
}
