/** Takes a certificate of the user's own. What is wrong with it is said at the field it is in; the key goes with the form. */
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useState } from "react";
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readRefusal } from "../../parts/refusal.ts";
import { TextFileField } from "../../parts/text-file-field.tsx";
import { certificates as texts } from "../../texts.ts";
import { type Certificate, namesText } from "./certificate-use.ts";

const words = texts.form;
const MEMBERS = ["Certificate", "PrivateKey", "CertificateChain"] as const;

export interface ImportDialogProps {
  /** The one whose place it takes. */
  readonly replaces?: Certificate | undefined;
  readonly onClose: () => void;
}

export function ImportDialog({ replaces, onClose }: ImportDialogProps) {
  const notify = useNotify();
  const [certificate, setCertificate] = useState("");
  const [key, setKey] = useState("");
  const [chain, setChain] = useState("");
  const act = useAct("Slipway.ImportCertificate", {
    isSecret: true,
    onDone: ({ Certificate: { Names } }) => {
      notify({ type: "success", text: texts.imported(namesText(Names, texts.moreNames)) });
      onClose();
    },
  });
  const { at, rest } = readRefusal(act.error?.message, MEMBERS);
  return (
    <FormDialog
      title={replaces ? words.replaceTitle(namesText(replaces.Names, texts.moreNames)) : words.title}
      act={replaces ? words.replaceAct : words.act}
      size="large"
      isBusy={act.isPending}
      canAct={certificate.trim() !== "" && key.trim() !== ""}
      problem={rest}
      onClose={onClose}
      onAct={() =>
        act.mutate({
          Certificate: certificate,
          PrivateKey: key,
          ...(chain.trim() === "" ? {} : { CertificateChain: chain }),
          ...(replaces ? { CertificateId: replaces.CertificateId } : {}),
        })
      }
    >
      <Box color="text-body-secondary">{words.intro}</Box>
      <TextFileField
        label={words.certificate}
        name={words.certificate}
        description={words.certificateHelp}
        value={certificate}
        onChange={setCertificate}
        errorText={at["Certificate"]}
        placeholder={words.certificatePlaceholder}
      />
      <TextFileField
        label={words.key}
        name={words.key}
        description={words.keyHelp}
        value={key}
        onChange={setKey}
        errorText={at["PrivateKey"]}
        placeholder={words.keyPlaceholder}
      />
      <ExpandableSection
        headerText={words.chain}
        variant="footer"
        defaultExpanded={at["CertificateChain"] !== undefined}
      >
        <TextFileField
          label={words.chain}
          name={words.chain}
          description={words.chainHelp}
          value={chain}
          onChange={setChain}
          errorText={at["CertificateChain"]}
          placeholder={words.certificatePlaceholder}
        />
      </ExpandableSection>
    </FormDialog>
  );
}
