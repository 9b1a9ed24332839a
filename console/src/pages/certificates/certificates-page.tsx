/** All certificates: whose they are, how long they last, what they are for. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useRead, useReadAll } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { ExpiryBar } from "../../parts/expiry-bar.tsx";
import { exactMoment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { certificates as texts, shell } from "../../texts.ts";
import { type Certificate, type Domain, namesText, certificateUse } from "./certificate-use.ts";
import { CertificateUsers } from "./certificate-users.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import { LocalAuthority } from "./local-authority.tsx";

type Open = { readonly kind: "import" | "replace" | "delete"; readonly certificate?: Certificate };

const COLOURS = { acme: "green", imported: "blue", local: "grey" } as const;
/** Renewals come by themselves; nothing on the live stream tells of them here. */
const AGAIN_MS = 30_000;

export default function CertificatesPage() {
  const list = useReadAll("Slipway.ListCertificates", {}, "Certificates", {
    topics: ["resources"],
    everyMs: AGAIN_MS,
  });
  const { data: domains = NO_DOMAINS } = useReadAll("Slipway.ListDomains", {}, "Domains", {
    topics: ["resources"],
    everyMs: AGAIN_MS,
  });
  const { data: info } = useRead("Slipway.GetInfo", {});
  const [open, setOpen] = useState<Open | null>(null);
  const usersOf = (one: Certificate) => certificateUse(one, domains, info?.BaseDomain);
  const close = () => setOpen(null);
  return (
    <Page title={shell.pages.certificates} description={texts.description}>
      <SpaceBetween size="l">
        <ResourceTable<Certificate>
          id="certificates"
          title={texts.title}
          list={list}
          keyOf={({ CertificateId }) => CertificateId}
          selection="single"
          empty={{ ...texts.empty, action: <ImportButton onOpen={() => setOpen({ kind: "import" })} /> }}
          actions={([selected]) => (
            <Actions selected={selected} onOpen={(kind, certificate) => setOpen({ kind, certificate })} />
          )}
          columns={[
            {
              id: "names",
              header: texts.names,
              text: ({ Names }) => Names.join(" "),
              cell: ({ Names }) => <Box variant="span">{namesText(Names, texts.moreNames)}</Box>,
            },
            {
              id: "origin",
              header: texts.origin,
              text: ({ Origin }) => texts.origins[Origin],
              cell: ({ Origin }) => <Badge color={COLOURS[Origin]}>{texts.origins[Origin]}</Badge>,
            },
            {
              id: "validity",
              header: texts.validity,
              text: ({ NotAfter }) => exactMoment(NotAfter),
              sortBy: ({ NotAfter }) => NotAfter,
              cell: ({ NotBefore, NotAfter }) => <ExpiryBar notBefore={NotBefore} notAfter={NotAfter} />,
              minWidth: 150,
            },
            {
              id: "users",
              header: texts.usedBy,
              text: (one) =>
                usersOf(one)
                  .domains.map(({ DomainName }) => DomainName)
                  .join(" "),
              cell: (one) => <CertificateUsers use={usersOf(one)} />,
            },
            { id: "issuer", header: texts.issuer, text: ({ Issuer }) => Issuer },
            {
              id: "fingerprint",
              header: texts.fingerprint,
              text: ({ Fingerprint }) => Fingerprint,
              isShown: false,
            },
          ]}
        />
        <LocalAuthority />
      </SpaceBetween>
      {open?.kind === "import" || open?.kind === "replace" ? (
        <ImportDialog replaces={open.certificate} onClose={close} />
      ) : null}
      {open?.kind === "delete" && open.certificate ? (
        <DeleteCertificate
          certificate={open.certificate}
          domains={usersOf(open.certificate).domains}
          onClose={close}
        />
      ) : null}
    </Page>
  );
}

const NO_DOMAINS: readonly Domain[] = [];

interface ActionsProps {
  readonly selected: Certificate | undefined;
  readonly onOpen: (kind: Open["kind"], certificate?: Certificate) => void;
}

function Actions({ selected, onOpen }: ActionsProps) {
  const isImported = selected?.Origin === "imported";
  const reason = selected !== undefined && !isImported ? { disabledReason: texts.onlyImported } : {};
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <PermittedButton
        needs="slipway:ImportCertificate"
        disabled={!isImported}
        {...reason}
        onClick={() => onOpen("replace", selected)}
      >
        {texts.replace}
      </PermittedButton>
      <PermittedButton
        needs="slipway:DeleteCertificate"
        disabled={!isImported}
        {...reason}
        onClick={() => onOpen("delete", selected)}
      >
        {texts.delete}
      </PermittedButton>
      <ImportButton onOpen={() => onOpen("import")} />
    </SpaceBetween>
  );
}

function ImportButton({ onOpen }: { readonly onOpen: () => void }) {
  return (
    <PermittedButton needs="slipway:ImportCertificate" variant="primary" onClick={onOpen}>
      {texts.import}
    </PermittedButton>
  );
}

interface DeleteCertificateProps {
  readonly certificate: Certificate;
  readonly domains: readonly Domain[];
  readonly onClose: () => void;
}

function DeleteCertificate({ certificate, domains, onClose }: DeleteCertificateProps) {
  const notify = useNotify();
  const names = namesText(certificate.Names, texts.moreNames);
  const act = useAct("Slipway.DeleteCertificate", {
    onDone: () => {
      notify({ type: "success", text: texts.deleted(names) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={texts.deleteTitle}
      isBusy={act.isPending}
      problem={act.error?.message}
      onClose={onClose}
      onDelete={() => act.mutate({ CertificateId: certificate.CertificateId })}
    >
      {texts.deleteText(names)}{" "}
      {domains.length > 0 ? texts.deleteUsed(domains.map(({ DomainName }) => DomainName).join(", ")) : ""}
    </DeleteDialog>
  );
}
