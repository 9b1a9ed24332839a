/** Asks for a name, and shows already which record it will take. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { CopyCommand } from "../../../parts/copy-command.tsx";
import { FormDialog } from "../../../parts/form-dialog.tsx";
import { readRefusal } from "../../../parts/refusal.ts";
import { domains } from "../../../texts.ts";
import type { Service } from "../service-tab.ts";
import { nameProblem, toDomainName } from "./domain-facts.ts";

const words = domains.form;

export interface AddDomainDialogProps {
  readonly service: Service;
  readonly onClose: () => void;
}

export function AddDomainDialog({ service, onClose }: AddDomainDialogProps) {
  const notify = useNotify();
  const [typed, setTyped] = useState("");
  const [wantsWww, setWantsWww] = useState(false);
  const name = toDomainName(typed);
  const isWildcard = name.startsWith("*.");
  const problem = nameProblem(name);
  const act = useAct("AppRunner.AssociateCustomDomain", {
    onDone: () => {
      notify({ type: "success", text: domains.added(name) });
      onClose();
    },
  });
  const { at, rest } = readRefusal(act.error?.message, ["DomainName"]);
  const isTyping = problem === "tooShort";
  return (
    <FormDialog
      title={words.title}
      act={words.act}
      isBusy={act.isPending}
      canAct={problem === null}
      problem={rest}
      onClose={onClose}
      onAct={() =>
        act.mutate({
          ServiceArn: service.ServiceArn,
          DomainName: name,
          EnableWWWSubdomain: wantsWww && !isWildcard,
        })
      }
    >
      <FormField
        label={words.name}
        description={words.nameHelp}
        errorText={at["DomainName"] ?? (problem === "invalid" ? words.invalid : undefined)}
        constraintText={isTyping && typed !== "" ? words.tooShort : undefined}
      >
        <Input
          value={typed}
          autoComplete={false}
          spellcheck={false}
          inputMode="url"
          placeholder={words.placeholder}
          onChange={({ detail }) => {
            act.reset();
            setTyped(detail.value);
          }}
        />
      </FormField>
      <Checkbox
        checked={wantsWww && !isWildcard}
        disabled={isWildcard}
        description={isWildcard ? words.noWww : words.wwwHelp}
        onChange={({ detail }) => setWantsWww(detail.checked)}
      >
        {words.www(`www.${isTyping || isWildcard ? words.placeholder : name}`)}
      </Checkbox>
      {isWildcard ? <Alert type="info">{words.wildcardNeeds}</Alert> : null}
      {problem === null ? (
        <SpaceBetween size="xxs">
          <Box variant="awsui-key-label">{words.preview}</Box>
          <CopyCommand text={`${name}  CNAME  ${hostOf(service)}`} label={domains.records.value} />
          <Box color="text-body-secondary" fontSize="body-s">
            {words.previewApex}
          </Box>
        </SpaceBetween>
      ) : null}
    </FormDialog>
  );
}

/** Without the port that a URL may have. */
function hostOf({ ServiceUrl = "" }: Service): string {
  return ServiceUrl.replace(/:\d+$/, "");
}
