/** The service's own URL: which certificate it shows, what plain HTTP gets, and where to learn to trust the local authority. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useRead } from "../../../api/queries.ts";
import { serviceHref } from "../../../parts/arn.ts";
import { ExpiryBar } from "../../../parts/expiry-bar.tsx";
import { certificates, domains } from "../../../texts.ts";
import type { Certificate } from "../../certificates/certificate-use.ts";
import type { Service } from "../service-tab.ts";

const words = domains.own;

export function OwnAddress({ service }: { readonly service: Service }) {
  const { ServiceArn, ServiceUrl = "" } = service;
  const { data: info } = useRead("Slipway.GetInfo", {});
  const { data: all } = useRead("Slipway.ListCertificates", {}, { topics: ["resources"] });
  const { data: tagged } = useRead(
    "AppRunner.ListTagsForResource",
    { ResourceArn: ServiceArn },
    { topics: [`service/${service.ServiceId}`] },
  );
  const certificate = certificateFor(ServiceUrl.replace(/:\d+$/, ""), all?.Certificates ?? []);
  const extension = (name: string) => tagged?.Tags?.find(({ Key }) => Key === `slipway:${name}`)?.Value;
  const address = `${info?.ServiceScheme ?? "http"}://${ServiceUrl}`;
  return (
    <Container header={<Header variant="h2">{words.title}</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={240}
        items={[
          {
            label: words.url,
            value:
              extension("default-host") === "off" ? (
                <>
                  {ServiceUrl} <Box color="text-body-secondary">{words.isOff}</Box>
                </>
              ) : (
                <Link href={address} external>
                  {address}
                </Link>
              ),
          },
          { label: words.certificate, value: <OwnCertificate certificate={certificate} /> },
          {
            label: words.plainHttp,
            value: (
              <>
                {words.httpModes[httpMode(extension("http"))]}; {words.hsts} {extension("hsts") ?? words.off}.{" "}
                <Link href={serviceHref(ServiceArn, "configuration")}>{words.change}</Link>
              </>
            ),
          },
        ]}
      />
    </Container>
  );
}

function OwnCertificate({ certificate }: { readonly certificate: Certificate | undefined }) {
  if (certificate === undefined) return <>–</>;
  const { Origin, Issuer, NotBefore, NotAfter } = certificate;
  return (
    <>
      {Origin === "local" ? (
        <>
          <StatusIndicator type="info">{words.notPublic}</StatusIndicator>
          <div>
            {words.localCertificate} <Link href="#/certificates">{certificates.authority.howTitle}</Link>
          </div>
        </>
      ) : (
        <StatusIndicator>{words.publicCertificate(Issuer)}</StatusIndicator>
      )}
      <ExpiryBar notBefore={NotBefore} notAfter={NotAfter} />
    </>
  );
}

/** As the edge chooses among those that cover the host: a public one before one that was made here. */
function certificateFor(host: string, all: readonly Certificate[]): Certificate | undefined {
  const wildcard = host.replace(/^[^.]+/, "*");
  const fitting = all.filter(({ Names }) => Names.includes(host) || Names.includes(wildcard));
  return fitting.find(({ Origin }) => Origin !== "local") ?? fitting[0];
}

function httpMode(value: string | undefined): keyof typeof words.httpModes {
  return value === "redirect" || value === "serve" ? value : "auto";
}
