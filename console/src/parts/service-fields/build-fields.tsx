/** How source code becomes an image: by a managed runtime, by apprunner.yaml, or by a Dockerfile. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { Choice, type SectionProps, SelectField, TextField } from "./field.tsx";
import { ExtensionFields } from "./extension-fields.tsx";

const texts = fields.buildFrom;

export function BuildFields(props: SectionProps) {
  const { draft, onChange } = props;
  return (
    <SpaceBetween size="l">
      <Choice
        label={texts.label}
        value={draft.buildFrom}
        choices={[
          ["api", texts.api, texts.apiHelp],
          ["file", texts.file, texts.fileHelp],
          ["dockerfile", texts.dockerfile, texts.dockerfileHelp],
        ]}
        onChoose={(buildFrom) => onChange({ buildFrom })}
      />
      {draft.buildFrom === "api" ? (
        <ColumnLayout columns={2}>
          <Runtime {...props} />
          <TextField {...props} field="buildCommand" texts={fields.buildCommand} isOptional />
        </ColumnLayout>
      ) : null}
      {draft.buildFrom === "dockerfile" ? <ExtensionFields {...props} group="build" /> : null}
      <ExtensionFields {...props} group="buildSecrets" />
    </SpaceBetween>
  );
}

function Runtime(props: SectionProps) {
  const { data, isPending } = useReadAll("Slipway.ListRuntimes", {}, "Runtimes");
  return (
    <SelectField
      {...props}
      field="runtime"
      texts={fields.runtime}
      isLoading={isPending}
      options={(data ?? []).map(({ Runtime, Versions, EndOfSupport }) => ({
        value: Runtime,
        label: Runtime,
        description: Versions.join(", "),
        labelTag: EndOfSupport,
      }))}
    />
  );
}
