/**
 * The handshake, guided: which host, what opens it, and whether the host takes that. A connection is made with the first try;
 * when the host refuses, it stays and another credential can be tried at once.
 */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";
import Tiles from "@cloudscape-design/components/tiles";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiError, call } from "../../api/call.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { useNarrow } from "../../parts/use-narrow.ts";
import { connections as texts } from "../../texts.ts";
import { CredentialFields } from "./credential-fields.tsx";
import {
  type Connection,
  type CredentialForm,
  emptyCredential,
  isComplete,
  type Provider,
  toHandshake,
} from "./credential-form.ts";

const words = texts.form;
const PROVIDERS: readonly Provider[] = ["GITHUB", "GITLAB", "BITBUCKET", "GITEA", "GIT"];
const MEMBERS = [
  "ConnectionName",
  "ServerUrl",
  "Token.Username",
  "Token.Token",
  "Token",
  "DeployKey.PrivateKey",
  "DeployKey.KnownHosts",
  "GitHubApp.AppId",
  "GitHubApp.InstallationId",
  "GitHubApp.PrivateKey",
] as const;

export interface ConnectionDialogProps {
  /** Gets a credential; a new connection unless given. */
  readonly present?: Connection;
  readonly onClose: () => void;
}

export function ConnectionDialog({ present, onClose }: ConnectionDialogProps) {
  const notify = useNotify();
  const isNarrow = useNarrow();
  const [name, setName] = useState(present?.ConnectionName ?? "");
  const [provider, setProvider] = useState<Provider>(present?.ProviderType ?? "GITHUB");
  const [madeArn, setMadeArn] = useState(present?.ConnectionArn);
  const [form, setForm] = useState<CredentialForm>(emptyCredential);
  const handshake = useHandshake((arn) => setMadeArn(arn));
  const { at, rest } = readRefusal(handshake.error?.message, MEMBERS);
  const problem = handshake.data?.problem ?? rest;
  const canAct = name !== "" && isComplete(provider, form);
  const act = () =>
    handshake.mutate(
      { arn: madeArn, name, provider, form },
      {
        onSuccess: ({ problem }) => {
          if (problem !== undefined) return;
          notify({ type: "success", text: texts.works(name) });
          onClose();
        },
      },
    );
  return (
    <FormDialog
      title={present ? words.completeTitle(name) : words.title}
      act={problem === "" ? words.act : words.again}
      size="large"
      isBusy={handshake.isPending}
      canAct={canAct}
      problem={problem}
      onClose={onClose}
      onAct={act}
    >
      <Steps
        orientation={isNarrow ? "vertical" : "horizontal"}
        ariaLabel={words.steps}
        steps={stepsOf({
          hasName: name !== "",
          isComplete: canAct,
          isChecking: handshake.isPending,
          isRefused: problem !== "",
        })}
      />
      {madeArn === undefined ? (
        <SpaceBetween size="l">
          <FormField label={texts.name} constraintText={words.nameHelp} errorText={at["ConnectionName"]}>
            <Input
              value={name}
              autoComplete={false}
              spellcheck={false}
              onChange={({ detail }) => setName(detail.value)}
            />
          </FormField>
          <FormField label={words.provider} stretch>
            <Tiles
              value={provider}
              columns={3}
              items={PROVIDERS.map((value) => ({ value, label: texts.providers[value] }))}
              onChange={({ detail }) => {
                setProvider(detail.value as Provider);
                setForm({ ...form, kind: "token" });
              }}
            />
          </FormField>
        </SpaceBetween>
      ) : null}
      <CredentialFields
        provider={provider}
        form={form}
        problems={at}
        onChange={(part) => setForm({ ...form, ...part })}
      />
    </FormDialog>
  );
}

interface HandshakeWish {
  /** Undefined: it is to be made. */
  readonly arn: string | undefined;
  readonly name: string;
  readonly provider: Provider;
  readonly form: CredentialForm;
}

/** `onMade` is told of a new connection, also when its credential is refused afterwards. The credential goes with the form. */
function useHandshake(onMade: (arn: string) => void) {
  const client = useQueryClient();
  return useMutation<{ readonly problem: string | undefined }, ApiError, HandshakeWish>({
    gcTime: 0,
    mutationFn: async ({ arn, name, provider, form }) => {
      const made = arn ?? (await create(name, provider));
      onMade(made);
      const { Connection: completed } = await call("Slipway.CompleteConnection", toHandshake(made, form));
      if (completed.Status === "AVAILABLE") return { problem: undefined };
      const { Problem } = await call("Slipway.DescribeConnection", { ConnectionArn: made });
      return { problem: Problem ?? words.refused };
    },
    onSettled: () => client.invalidateQueries(),
  });
}

async function create(ConnectionName: string, ProviderType: Provider): Promise<string> {
  const { Connection: made } = await call("AppRunner.CreateConnection", { ConnectionName, ProviderType });
  return made.ConnectionArn ?? "";
}

interface Progress {
  readonly hasName: boolean;
  readonly isComplete: boolean;
  readonly isChecking: boolean;
  readonly isRefused: boolean;
}

function stepsOf({ hasName, isComplete, isChecking, isRefused }: Progress): readonly StepsProps.Step[] {
  const check = isChecking ? "in-progress" : isRefused ? "error" : "pending";
  return [
    { header: words.stepHost, status: hasName ? "success" : "pending" },
    { header: words.stepCredential, status: isComplete ? "success" : "pending" },
    {
      header: words.stepCheck,
      status: check,
      details: isChecking ? words.checking : isRefused ? words.refused : undefined,
    },
  ];
}
