/** Whom an alarm tells of which state. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Link from "@cloudscape-design/components/link";
import Multiselect from "@cloudscape-design/components/multiselect";
import { useRead } from "../../api/queries.ts";
import type { Refusal } from "../../parts/refusal.ts";
import { alarms as texts } from "../../texts.ts";
import { type AlarmDraft, type AlarmState, withActions } from "./alarm-data.ts";

const words = texts.form;
const MEMBERS: readonly (readonly [AlarmState, string])[] = [
  ["ALARM", "AlarmActions"],
  ["OK", "OKActions"],
  ["INSUFFICIENT_DATA", "InsufficientDataActions"],
];

export interface ActionFieldsProps {
  readonly draft: AlarmDraft;
  readonly refusals: Refusal["at"];
  readonly onDraft: (draft: AlarmDraft) => void;
}

export function ActionFields({ draft, refusals, onDraft }: ActionFieldsProps) {
  const { data } = useRead("Slipway.ListEventDestinations", {}, { topics: ["resources"] });
  const known = (data?.Destinations ?? []).map(({ Name: label, Arn: value }) => ({ label, value }));
  const optionOf = (arn: string) =>
    known.find(({ value }) => value === arn) ?? { value: arn, label: arn.split("/").at(-1) };
  return (
    <FormField
      stretch
      label={words.destinations}
      description={
        <>
          {words.destinationsHelp} <Link href="#/events?tab=destinations">{words.toDestinations}</Link>
        </>
      }
    >
      <ColumnLayout columns={3}>
        {MEMBERS.map(([state, member]) => (
          <FormField key={state} label={words.told[state]} errorText={refusals[member]}>
            <Multiselect
              options={known}
              selectedOptions={draft.actions[state].map(optionOf)}
              placeholder={words.chooseDestinations}
              empty={words.noDestinations}
              onChange={({ detail }) =>
                onDraft(
                  withActions(
                    draft,
                    state,
                    detail.selectedOptions.flatMap(({ value }) => value ?? []),
                  ),
                )
              }
            />
          </FormField>
        ))}
      </ColumnLayout>
    </FormField>
  );
}
