/** Of which instances of a service an alarm is: all, or one. */
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useRead } from "../../api/queries.ts";
import { activity, alarms as texts } from "../../texts.ts";
import { shortInstance } from "./alarm-data.ts";

const words = texts.form;
const INSTANCES_MAX = 100;

export interface InstanceFieldProps {
  readonly serviceId: string;
  /** Null: all. */
  readonly value: string | null;
  readonly onChoose: (instanceId: string | null) => void;
}

export function InstanceField({ serviceId, value, onChoose }: InstanceFieldProps) {
  const overview = useRead("Slipway.ListServiceOverviews", { ServiceIds: [serviceId] });
  const arn = overview.data?.Services[0]?.ServiceArn;
  const list = useRead(
    "Slipway.ListInstances",
    { ServiceArn: arn ?? "", MaxResults: INSTANCES_MAX },
    { isEnabled: arn !== undefined, topics: [`instances/${serviceId}`] },
  );
  const present = (list.data?.Instances ?? []).filter(
    ({ State }) => State !== "stopped" && State !== "failed",
  );
  const all = { value: "", label: words.allInstances };
  const options = [
    all,
    ...present.map(({ InstanceId, State }) => ({
      value: InstanceId,
      label: shortInstance(InstanceId),
      description: activity.states[State],
    })),
  ];
  // One that is over stays as it was chosen: its alarm is of a metric that ends.
  const chosen = options.find((option) => option.value === (value ?? "")) ?? {
    value: value ?? "",
    label: shortInstance(value ?? ""),
    description: list.data && words.endedInstance,
  };
  return (
    <FormField label={words.instance} description={words.instanceHelp}>
      <Select
        options={options}
        selectedOption={chosen}
        triggerVariant="option"
        filteringType={options.length > 8 ? "auto" : "none"}
        onChange={({ detail }) => onChoose(detail.selectedOption.value || null)}
      />
    </FormField>
  );
}
