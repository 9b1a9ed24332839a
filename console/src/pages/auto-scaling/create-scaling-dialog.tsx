/** A new configuration, or the next revision of one. */
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { emptyDraft } from "../../parts/service-fields/draft.ts";
import { ScalingSimulation } from "../../parts/service-fields/scaling-simulation.tsx";
import { autoScaling as texts } from "../../texts.ts";
import {
  type FormProblem,
  formProblems,
  type ScalingForm,
  type ScalingRevision,
} from "./scaling-revision.ts";

const words = texts.form;
const MEMBERS = {
  name: "AutoScalingConfigurationName",
  maxConcurrency: "MaxConcurrency",
  minSize: "MinSize",
  maxSize: "MaxSize",
} as const satisfies Record<keyof ScalingForm, string>;

const FIELDS = {
  maxConcurrency: { label: words.concurrency, help: words.concurrencyHelp },
  minSize: { label: words.min, help: words.minHelp },
  maxSize: { label: words.max, help: words.maxHelp },
} as const;
const NUMBERS = ["maxConcurrency", "minSize", "maxSize"] as const;

export interface CreateScalingDialogProps {
  /** The one whose numbers it begins with. */
  readonly from?: ScalingRevision | undefined;
  readonly onClose: () => void;
}

export function CreateScalingDialog({ from, onClose }: CreateScalingDialogProps) {
  const notify = useNotify();
  const [form, setForm] = useState(() => initialForm(from));
  const act = useAct("AppRunner.CreateAutoScalingConfiguration", {
    onDone: ({ AutoScalingConfiguration: made }) => {
      const { AutoScalingConfigurationName: name = "", AutoScalingConfigurationRevision: revision = 1 } =
        made;
      notify({ type: "success", text: texts.made(name, revision) });
      onClose();
    },
  });
  const { at, rest } = readRefusal(act.error?.message, Object.values(MEMBERS));
  const problems = formProblems(form);
  const change = (part: Partial<ScalingForm>) => {
    act.reset();
    setForm({ ...form, ...part });
  };
  const isRight = Object.keys(problems).length === 0;
  const problemAt = (key: keyof ScalingForm) => at[MEMBERS[key]] ?? problemText(problems[key]);
  return (
    <FormDialog
      title={from ? words.revisionTitle(from.name) : words.title}
      act={words.act}
      size="large"
      isBusy={act.isPending}
      canAct={isRight && form.name !== ""}
      problem={rest}
      onClose={onClose}
      onAct={() =>
        act.mutate({
          AutoScalingConfigurationName: form.name,
          MaxConcurrency: Number(form.maxConcurrency),
          MinSize: Number(form.minSize),
          MaxSize: Number(form.maxSize),
        })
      }
    >
      <FormField label={words.name} description={words.nameHelp} errorText={problemAt("name")}>
        <Input
          value={form.name}
          autoComplete={false}
          spellcheck={false}
          disabled={from !== undefined}
          onChange={({ detail }) => change({ name: detail.value })}
        />
      </FormField>
      <ColumnLayout columns={3}>
        {NUMBERS.map((key) => (
          <FormField
            key={key}
            label={FIELDS[key].label}
            constraintText={FIELDS[key].help}
            errorText={problemAt(key)}
          >
            <Input
              value={form[key]}
              inputMode="numeric"
              onChange={({ detail }) => change({ [key]: detail.value.trim() })}
            />
          </FormField>
        ))}
      </ColumnLayout>
      {isRight ? (
        <SpaceBetween size="m">
          <Box color="text-body-secondary">
            {words.picture(Number(form.minSize), Number(form.maxSize), Number(form.maxConcurrency))}
          </Box>
          <ScalingSimulation draft={{ ...emptyDraft, ...form, scalingChoice: "own" }} />
        </SpaceBetween>
      ) : null}
    </FormDialog>
  );
}

function initialForm(from: ScalingRevision | undefined): ScalingForm {
  const { minSize, maxSize, maxConcurrency } = from?.limits ?? {
    minSize: 1,
    maxSize: 25,
    maxConcurrency: 100,
  };
  return {
    name: from?.name ?? "",
    minSize: String(minSize),
    maxSize: String(maxSize),
    maxConcurrency: String(maxConcurrency),
  };
}

function problemText(problem: FormProblem | undefined): string | undefined {
  if (problem === undefined) return undefined;
  return typeof problem === "string" ? words[problem] : words.range(...problem);
}
