/** The tags of something, and a dialog that changes them. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Action } from "../api/wire.ts";
import { secretTexts as texts } from "../texts.ts";
import { FormDialog } from "./form-dialog.tsx";
import { PermittedButton } from "./permitted-button.tsx";
import { type Tag, tagChanges, type TagChanges } from "./tag-changes.ts";

export interface TagsPanelProps {
  /** To change them. */
  readonly needs: Action;
  readonly of: string | undefined;
  readonly tags: readonly Tag[];
  readonly onSave: (changes: TagChanges) => Promise<unknown>;
}

export function TagsPanel({ needs, of, tags, onSave }: TagsPanelProps) {
  const [isEditing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${tags.length})`}
          actions={
            <PermittedButton needs={needs} of={of} onClick={() => setEditing(true)}>
              {texts.editTags}
            </PermittedButton>
          }
        >
          {texts.tags}
        </Header>
      }
    >
      {tags.length === 0 ? (
        <Box color="text-body-secondary">{texts.noTags}</Box>
      ) : (
        <SpaceBetween direction="horizontal" size="xs">
          {tags.map(({ Key, Value }) => (
            <Badge key={Key}>
              {Key}: {Value}
            </Badge>
          ))}
        </SpaceBetween>
      )}
      {isEditing ? <EditTags tags={tags} onSave={onSave} onClose={() => setEditing(false)} /> : null}
    </Container>
  );
}

interface EditTagsProps extends Pick<TagsPanelProps, "tags" | "onSave"> {
  readonly onClose: () => void;
}

function EditTags({ tags, onSave, onClose }: EditTagsProps) {
  const [edited, setEdited] = useState(tags);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const change = (index: number, part: Partial<Tag>) =>
    setEdited(edited.map((tag, at) => (at === index ? { ...tag, ...part } : tag)));
  const keys = edited.map(({ Key }) => Key);
  const save = () => {
    setBusy(true);
    onSave(tagChanges(tags, edited))
      .then(onClose, (error: Error) => setProblem(error.message))
      .finally(() => setBusy(false));
  };
  return (
    <FormDialog
      title={texts.editTags}
      act={texts.save}
      onAct={save}
      onClose={onClose}
      isBusy={isBusy}
      problem={problem}
      canAct={!keys.includes("") && new Set(keys).size === keys.length}
    >
      <AttributeEditor<Tag>
        items={edited}
        addButtonText={texts.addTag}
        removeButtonText={texts.removeTag}
        empty={texts.noTags}
        onAddButtonClick={() => setEdited([...edited, { Key: "", Value: "" }])}
        onRemoveButtonClick={({ detail }) =>
          setEdited(edited.filter((_, index) => index !== detail.itemIndex))
        }
        definition={[
          {
            label: texts.key,
            control: ({ Key }, index) => (
              <Input
                value={Key}
                ariaLabel={`${texts.key} ${index + 1}`}
                onChange={({ detail }) => change(index, { Key: detail.value })}
              />
            ),
          },
          {
            label: texts.tagValue,
            control: ({ Value }, index) => (
              <Input
                value={Value}
                ariaLabel={`${texts.tagValue} ${index + 1}`}
                onChange={({ detail }) => change(index, { Value: detail.value })}
              />
            ),
          },
        ]}
      />
    </FormDialog>
  );
}
