import type { InputOf } from "../../contract/index.ts";
import type { ConnectionCredential } from "../../domain/connection-credential.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { findConnection, toWireConnection } from "../resources/connection.ts";

/** Longer than a provider is waited for. */
const DEADLINE_MS = 60_000;

/** Ours: ends the handshake with a credential. Again: replaces the one that is there. */
export const completeConnection: Handler<"CompleteConnection"> = async (
  input,
  { store, scope, handshake },
) => {
  const credential = credentialFromWire(input);
  const { arn } = await findConnection(input.ConnectionArn, store, scope);
  const completed = await handshake.complete(
    { connectionArn: arn, serverUrl: input.ServerUrl ?? null, credential },
    AbortSignal.timeout(DEADLINE_MS),
  );
  return { Connection: toWireConnection(completed) };
};

function credentialFromWire({
  Token,
  DeployKey,
  GitHubApp,
}: InputOf<"CompleteConnection">): ConnectionCredential {
  const given: ConnectionCredential[] = [];
  if (Token !== undefined) {
    given.push({ kind: "token", username: Token.Username ?? null, token: Token.Token });
  }
  if (DeployKey !== undefined) {
    const { PrivateKey: privateKey, KnownHosts: knownHosts = null } = DeployKey;
    given.push({ kind: "deploy-key", privateKey, knownHosts });
  }
  if (GitHubApp !== undefined) {
    const { AppId: appId, InstallationId: installationId, PrivateKey: privateKey } = GitHubApp;
    given.push({ kind: "github-app", appId, installationId, privateKey });
  }
  const [credential, ...others] = given;
  if (credential === undefined || others.length > 0) {
    const problem = "must hold exactly one of Token, DeployKey and GitHubApp";
    throw new SlipwayError("InvalidParameter", { path: "CompleteConnection", problem });
  }
  assertPrivateKey(credential);
  return credential;
}

/** What is pasted wrong is found here, not by a Git host much later. */
function assertPrivateKey(credential: ConnectionCredential): void {
  if (credential.kind !== "deploy-key") return;
  if (
    /^-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[^]+-----END [A-Z ]*PRIVATE KEY-----\s*$/.test(
      credential.privateKey,
    )
  )
    return;
  const problem = "must be a private key from -----BEGIN to -----END, line breaks included";
  throw new SlipwayError("InvalidParameter", { path: "DeployKey.PrivateKey", problem });
}
