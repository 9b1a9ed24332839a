/** What is shown once of a new user. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { NewKey } from "../../parts/access-keys/new-key.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { identityTexts } from "../../texts.ts";
import { userHref } from "./addresses.ts";
import type { MadeUser } from "./make-user.ts";

const texts = identityTexts.users;

interface Props {
  readonly name: string;
  /** Empty: none. */
  readonly password: string;
  readonly made: MadeUser;
  readonly onClose: () => void;
}

export function MadeUserDialog({ name, password, made: { key, problem }, onClose }: Props) {
  return (
    <ShownOnce
      title={texts.made(name)}
      size={key === null ? "medium" : "large"}
      isSecret={key !== null || password !== ""}
      secondary={
        <Button variant="link" href={userHref(name)}>
          {texts.open}
        </Button>
      }
      onClose={onClose}
    >
      {problem === null ? null : <Alert type="error">{texts.madeOnly(name, problem)}</Alert>}
      {password === "" ? null : (
        <KeyValuePairs
          items={[
            { label: texts.name, value: name },
            { label: texts.password, value: <CopyText text={password} label={texts.password} /> },
          ]}
        />
      )}
      {key === null ? null : <NewKey id={key.AccessKeyId} secret={key.SecretAccessKey} />}
    </ShownOnce>
  );
}
