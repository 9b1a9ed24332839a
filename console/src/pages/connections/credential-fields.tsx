/** What opens a Git host: a token, a key for ssh, or an installed GitHub App. */
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { TextFileField } from "../../parts/text-file-field.tsx";
import { connections } from "../../texts.ts";
import {
  type CredentialForm,
  type CredentialKind,
  isServerOptional,
  kindsFor,
  type Provider,
} from "./credential-form.ts";

const words = connections.form;

export interface CredentialFieldsProps {
  readonly provider: Provider;
  readonly form: CredentialForm;
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (part: Partial<CredentialForm>) => void;
}

export function CredentialFields(props: CredentialFieldsProps) {
  const { provider, form, problems, onChange } = props;
  const host = provider in words.hosts ? words.hosts[provider as keyof typeof words.hosts] : undefined;
  return (
    <SpaceBetween size="l">
      <FormField label={words.kind}>
        <SegmentedControl
          selectedId={form.kind}
          label={words.kind}
          options={kindsFor(provider).map((id) => ({ id, text: words.kinds[id] }))}
          onChange={({ detail }) => onChange({ kind: detail.selectedId as CredentialKind })}
        />
      </FormField>
      <FormField
        label={words.server}
        description={form.kind === "key" ? words.serverHelp.ssh : words.serverHelp.https}
        constraintText={
          host !== undefined && isServerOptional(provider, form) ? words.serverOptional(host) : undefined
        }
        errorText={problems["ServerUrl"]}
      >
        <Input
          value={form.serverUrl}
          type="url"
          autoComplete={false}
          placeholder={form.kind === "key" ? "ssh://git.example.com" : "https://git.example.com"}
          onChange={({ detail }) => onChange({ serverUrl: detail.value })}
        />
      </FormField>
      {form.kind === "token" ? <TokenFields {...props} /> : null}
      {form.kind === "key" ? <KeyFields {...props} /> : null}
      {form.kind === "app" ? <AppFields {...props} /> : null}
    </SpaceBetween>
  );
}

function TokenFields({ provider, form, problems, onChange }: CredentialFieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField
        label={words.token}
        description={words.tokenHelp[provider]}
        errorText={problems["Token.Token"] ?? problems["Token"]}
        stretch
      >
        <Input
          value={form.token}
          type="password"
          autoComplete={false}
          onChange={({ detail }) => onChange({ token: detail.value })}
        />
      </FormField>
      <FormField
        label={<Optional label={words.username} />}
        description={words.usernameHelp}
        errorText={problems["Token.Username"]}
      >
        <Input
          value={form.username}
          autoComplete={false}
          spellcheck={false}
          onChange={({ detail }) => onChange({ username: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function KeyFields({ form, problems, onChange }: CredentialFieldsProps) {
  return (
    <SpaceBetween size="l">
      <TextFileField
        label={words.key}
        name={words.key}
        description={words.keyHelp}
        placeholder={words.keyPlaceholder}
        accept=""
        value={form.privateKey}
        errorText={problems["DeployKey.PrivateKey"]}
        onChange={(privateKey) => onChange({ privateKey })}
      />
      <TextFileField
        label={<Optional label={words.knownHosts} />}
        name={words.knownHosts}
        description={words.knownHostsHelp}
        accept=""
        rows={3}
        value={form.knownHosts}
        errorText={problems["DeployKey.KnownHosts"]}
        onChange={(knownHosts) => onChange({ knownHosts })}
      />
    </SpaceBetween>
  );
}

function AppFields({ form, problems, onChange }: CredentialFieldsProps) {
  return (
    <SpaceBetween size="l">
      <Box color="text-body-secondary">{words.appHelp}</Box>
      <ColumnLayout columns={2}>
        <FormField label={words.appId} errorText={problems["GitHubApp.AppId"]}>
          <Input
            value={form.appId}
            autoComplete={false}
            onChange={({ detail }) => onChange({ appId: detail.value })}
          />
        </FormField>
        <FormField label={words.installationId} errorText={problems["GitHubApp.InstallationId"]}>
          <Input
            value={form.installationId}
            inputMode="numeric"
            autoComplete={false}
            onChange={({ detail }) => onChange({ installationId: detail.value })}
          />
        </FormField>
      </ColumnLayout>
      <TextFileField
        label={words.appKey}
        name={words.appKey}
        description={words.appKeyHelp}
        value={form.privateKey}
        errorText={problems["GitHubApp.PrivateKey"]}
        onChange={(privateKey) => onChange({ privateKey })}
      />
    </SpaceBetween>
  );
}

function Optional({ label }: { readonly label: string }) {
  return (
    <>
      {label} <i>- {words.optional}</i>
    </>
  );
}
