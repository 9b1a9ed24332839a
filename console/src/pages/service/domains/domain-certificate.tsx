/** What is served for a domain, until when, and who sees to the next one. */
import Alert from "@cloudscape-design/components/alert";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { ExpiryBar } from "../../../parts/expiry-bar.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { domains } from "../../../texts.ts";
import { ImportDialog } from "../../certificates/import-dialog.tsx";
import { type Domain, domainSteps } from "./domain-facts.ts";

const words = domains.certificate;

export function DomainCertificate({ domain }: { readonly domain: Domain }) {
  const { Certificate: certificate, RenewAt: renewAt } = domain;
  const step = domainSteps(domain).find(({ name }) => name === "certificate")?.state;
  const [isImporting, setImporting] = useState(false);
  const importOwn = (
    <PermittedButton needs="slipway:ImportCertificate" onClick={() => setImporting(true)}>
      {words.import}
    </PermittedButton>
  );
  return (
    <SpaceBetween size="s">
      <Header variant="h3" actions={importOwn}>
        {words.title}
      </Header>
      {certificate?.Origin === "local" ? (
        <Alert type="warning" header={words.untrusted}>
          {words.untrustedText}
        </Alert>
      ) : null}
      {certificate === undefined ? (
        words.missing[step === "doing" ? "asked" : step === "failed" ? "refused" : "notYet"]
      ) : (
        <KeyValuePairs
          columns={4}
          minColumnWidth={180}
          items={[
            { label: words.origin, value: words.origins[certificate.Origin] },
            { label: words.issuer, value: certificate.Issuer },
            {
              label: words.validity,
              value: <ExpiryBar notBefore={certificate.NotBefore} notAfter={certificate.NotAfter} />,
            },
            {
              label: words.renewal,
              value: renewAt === undefined ? words.noRenewal : <Moment seconds={renewAt} />,
            },
          ]}
        />
      )}
      {isImporting ? <ImportDialog onClose={() => setImporting(false)} /> : null}
    </SpaceBetween>
  );
}
