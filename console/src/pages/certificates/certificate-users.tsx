/** The names that a certificate is served for, each a link to the domains of its service. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { serviceHref } from "../../parts/arn.ts";
import { certificates as texts } from "../../texts.ts";
import type { CertificateUse } from "./certificate-use.ts";

export function CertificateUsers({ use: { domains, isForOwnUrls } }: { readonly use: CertificateUse }) {
  if (domains.length === 0) {
    return isForOwnUrls ? <>{texts.ownUrls}</> : <Box color="text-body-secondary">{texts.unused}</Box>;
  }
  return (
    <>
      {domains.map(({ DomainName: name, ServiceArn: arn, ServiceName: service }) => (
        <div key={name}>
          <Link href={serviceHref(arn, "domains")}>{name}</Link> <Box variant="small">{service}</Box>
        </div>
      ))}
    </>
  );
}
