/** The form of a new destination, and of one that is changed. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { eventTexts } from "../../texts.ts";
import {
  type Destination,
  type DestinationDraft,
  draftOf,
  emptyDraft,
  filterOf,
} from "./destination-draft.ts";

export interface DestinationFormProps {
  /** Null: a new one. */
  readonly destination: Destination | null;
  /** With the secret of a new one. */
  readonly onDone: (name: string, secret: string | null) => void;
  readonly onClose: () => void;
}

const kindOptions = Object.entries(eventTexts.kinds).map(([value, label]) => ({ value, label }));
const severityOptions = Object.entries(eventTexts.severities).map(([value, label]) => ({ value, label }));
const FORMATS = ["eventbridge", "chat"] as const;

export function DestinationForm({ destination, onDone, onClose }: DestinationFormProps) {
  const [draft, setDraft] = useState(destination === null ? emptyDraft : draftOf(destination));
  const create = useAct("Slipway.CreateEventDestination", {
    onDone: ({ Secret }) => onDone(draft.name, Secret),
  });
  const update = useAct("Slipway.UpdateEventDestination", { onDone: () => onDone(draft.name, null) });
  const isNew = destination === null;
  const change = (changed: Partial<DestinationDraft>) => setDraft({ ...draft, ...changed });
  const save = () => {
    const { name: Name, url: Url, format: Format } = draft;
    const rest = { Name, Format, Filter: filterOf(draft) };
    if (isNew) create.mutate({ ...rest, Url });
    else update.mutate({ ...rest, ...(Url === "" ? {} : { Url }) });
  };
  const problem = (isNew ? create : update).error?.message;
  return (
    <FormDialog
      title={isNew ? eventTexts.createTitle : eventTexts.editTitle(destination.Name)}
      act={isNew ? eventTexts.create : eventTexts.save}
      onAct={save}
      onClose={onClose}
      isBusy={create.isPending || update.isPending}
      canAct={draft.name !== "" && (draft.url !== "" || !isNew)}
      problem={problem ?? ""}
    >
      {isNew ? (
        <FormField label={eventTexts.name}>
          <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
        </FormField>
      ) : null}
      <FormField
        label={eventTexts.url}
        description={isNew ? undefined : destination.Url}
        constraintText={isNew ? eventTexts.urlHint : eventTexts.urlKept}
      >
        <Input
          type="url"
          value={draft.url}
          placeholder="https://"
          onChange={({ detail }) => change({ url: detail.value })}
        />
      </FormField>
      <FormField label={eventTexts.format}>
        <RadioGroup
          value={draft.format}
          onChange={({ detail }) =>
            change({ format: FORMATS.find((one) => one === detail.value) ?? "eventbridge" })
          }
          items={FORMATS.map((value) => ({
            value,
            label: eventTexts.formats[value],
            description: eventTexts.formatHints[value],
          }))}
        />
      </FormField>
      <FormField label={eventTexts.filterKinds}>
        <Multiselect
          selectedOptions={kindOptions.filter(({ value }) => draft.kinds.includes(value))}
          options={kindOptions}
          placeholder={eventTexts.allKinds}
          onChange={({ detail }) =>
            change({ kinds: detail.selectedOptions.flatMap(({ value }) => value ?? []) })
          }
        />
      </FormField>
      <FormField label={eventTexts.filterServices} constraintText={eventTexts.filterServicesHint}>
        <Input
          value={draft.services}
          placeholder={eventTexts.filterServicesExample}
          onChange={({ detail }) => change({ services: detail.value })}
        />
      </FormField>
      <FormField label={eventTexts.filterSeverity}>
        <Select
          selectedOption={severityOptions.find(({ value }) => value === draft.severity) ?? null}
          options={severityOptions}
          onChange={({ detail }) =>
            change({ severity: detail.selectedOption.value as DestinationDraft["severity"] })
          }
        />
      </FormField>
      <FormField label={eventTexts.filterTag} constraintText={eventTexts.filterTagHint}>
        <Input
          value={draft.tag}
          placeholder={eventTexts.filterTagExample}
          onChange={({ detail }) => change({ tag: detail.value })}
        />
      </FormField>
    </FormDialog>
  );
}
