/** The handshake of a connection as a form holds it, and as the API takes it. Pure. */
import type { Input, Output } from "../../api/wire.ts";

export type Connection = Output<"AppRunner.ListConnections">["ConnectionSummaryList"][number];
export type Provider = NonNullable<Connection["ProviderType"]>;
export type CredentialKind = "token" | "key" | "app";

export interface CredentialForm {
  readonly serverUrl: string;
  readonly kind: CredentialKind;
  readonly token: string;
  readonly username: string;
  readonly privateKey: string;
  readonly knownHosts: string;
  readonly appId: string;
  readonly installationId: string;
}

export const emptyCredential: CredentialForm = {
  serverUrl: "",
  kind: "token",
  token: "",
  username: "",
  privateKey: "",
  knownHosts: "",
  appId: "",
  installationId: "",
};

/** Those whose own host is known. */
const HOSTED: ReadonlySet<Provider> = new Set(["GITHUB", "GITLAB", "BITBUCKET"]);

export function kindsFor(provider: Provider): readonly CredentialKind[] {
  return provider === "GITHUB" ? ["token", "app", "key"] : ["token", "key"];
}

export function isServerOptional(provider: Provider, { kind }: CredentialForm): boolean {
  return HOSTED.has(provider) && kind !== "key";
}

export function isComplete(provider: Provider, form: CredentialForm): boolean {
  if (!isServerOptional(provider, form) && form.serverUrl.trim() === "") return false;
  if (form.kind === "token") return form.token.trim() !== "";
  if (form.kind === "key") return form.privateKey.trim() !== "";
  return form.appId !== "" && form.installationId !== "" && form.privateKey.trim() !== "";
}

export function toHandshake(arn: string, form: CredentialForm): Input<"Slipway.CompleteConnection"> {
  const serverUrl = form.serverUrl.trim();
  return { ConnectionArn: arn, ...(serverUrl !== "" && { ServerUrl: serverUrl }), ...credentialOf(form) };
}

function credentialOf(form: CredentialForm) {
  const { privateKey: PrivateKey } = form;
  if (form.kind === "token") {
    const Username = form.username.trim();
    return { Token: { Token: form.token.trim(), ...(Username !== "" && { Username }) } };
  }
  if (form.kind === "key") {
    const KnownHosts = form.knownHosts.trim();
    return { DeployKey: { PrivateKey, ...(KnownHosts !== "" && { KnownHosts }) } };
  }
  return {
    GitHubApp: { AppId: form.appId.trim(), InstallationId: form.installationId.trim(), PrivateKey },
  };
}
