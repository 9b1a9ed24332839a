/** Whether requests are traced, and whether anybody takes the traces. */
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useMaySurely } from "../../api/permissions.ts";
import { useRead, useReadAll } from "../../api/queries.ts";
import { isOff, useCollectorCheck } from "../collector-check.ts";
import { fields } from "../../texts.ts";
import { type SectionProps, SelectField } from "./field.tsx";
import { MakeElsewhere } from "./make-elsewhere.tsx";
import { useNewlyMade } from "./newly-made.ts";

const texts = fields.observabilityArn;
/** The collector may be started beside this. */
const LOOK_AGAIN_MS = 10_000;

export function ObservabilityFields(props: SectionProps) {
  const { draft, onChange } = props;
  const { data, isPending, error } = useReadAll(
    "AppRunner.ListObservabilityConfigurations",
    {},
    "ObservabilityConfigurationSummaryList",
    { topics: ["resources"] },
  );
  const first = data?.[0]?.ObservabilityConfigurationArn ?? "";
  const isOn = draft.observabilityArn !== "";
  const tracesNothing = useTracesNothing(draft.observabilityArn);
  const collectorProblem = useCollectorProblem(isOn);
  const onOpen = useNewlyMade(
    data?.map(({ ObservabilityConfigurationArn: arn = "" }) => arn),
    draft.observabilityArn,
    (observabilityArn) => onChange({ observabilityArn }),
  );
  const make = <MakeElsewhere page="/observability" list="observability" text={texts.make} onOpen={onOpen} />;
  return (
    <SpaceBetween size="l">
      <FormField label={texts.label} description={texts.help}>
        <Toggle
          checked={isOn}
          disabled={first === "" && !isOn}
          onChange={({ detail }) => onChange({ observabilityArn: detail.checked ? first : "" })}
        >
          {texts.toggle}
        </Toggle>
      </FormField>
      {error === null ? null : <Alert type="warning">{error.message}</Alert>}
      {data?.length === 0 ? (
        <Alert type="info" action={make}>
          {texts.noConfigurations}
        </Alert>
      ) : null}
      {isOn ? (
        <SelectField
          {...props}
          field="observabilityArn"
          texts={{ label: texts.configuration }}
          isLoading={isPending}
          unread={error?.message}
          secondary={make}
          options={(data ?? []).map((one) => ({
            value: one.ObservabilityConfigurationArn ?? "",
            label: fields.scaling.revision(
              one.ObservabilityConfigurationName ?? "",
              one.ObservabilityConfigurationRevision ?? 1,
            ),
          }))}
        />
      ) : null}
      {tracesNothing ? <Alert type="warning">{texts.tracesNothing}</Alert> : null}
      {isOn && collectorProblem !== null ? (
        <Alert type="warning" header={texts.noCollector}>
          {collectorProblem}
        </Alert>
      ) : null}
    </SpaceBetween>
  );
}

/** A configuration may say nothing of traces: then nothing is traced. */
function useTracesNothing(arn: string): boolean {
  const { data } = useRead(
    "AppRunner.DescribeObservabilityConfiguration",
    { ObservabilityConfigurationArn: arn },
    { topics: ["resources"], isEnabled: arn !== "" },
  );
  return data !== undefined && data.ObservabilityConfiguration.TraceConfiguration === undefined;
}

/** Null: all is well, or nobody can tell. Who may not ask the doctor is told nothing. */
function useCollectorProblem(isOn: boolean): string | null {
  const mayAsk = useMaySurely("slipway:RunDoctor", "*");
  const { check } = useCollectorCheck({ isEnabled: isOn && mayAsk, everyMs: LOOK_AGAIN_MS });
  if (check === undefined || (check.Status === "ok" && !isOff(check))) return null;
  return [check.Detail, check.Remedy].filter((text) => text !== undefined).join(". ");
}
