/** This installation's own authority: its certificate to take along, and how programs are told to trust it. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useRead } from "../../api/queries.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { certificates } from "../../texts.ts";

const words = certificates.authority;
const FILE = "slipway.pem";

const programs = [
  { name: words.curl, how: `curl --cacert ${FILE} …`, isCommand: true },
  { name: words.node, how: `NODE_EXTRA_CA_CERTS=${FILE}`, isCommand: true },
  {
    name: words.chromium,
    how: `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n slipway -i ${FILE}`,
    isCommand: true,
  },
  { name: words.firefox, how: words.firefoxHow, isCommand: false },
  { name: words.java, how: `keytool -importcert -cacerts -alias slipway -file ${FILE}`, isCommand: true },
] as const;

const TRUST = "sudo slipway trust";

export function LocalAuthority() {
  const { data } = useRead("Slipway.GetLocalAuthority", {});
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={words.description}
          actions={
            <Button
              iconName="download"
              disabled={data === undefined}
              onClick={() => data && saveFile(FILE, [data.Certificate], "application/x-pem-file")}
            >
              {words.download}
            </Button>
          }
        >
          {words.title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={1}
          items={[
            { label: words.here, value: <CopyCommand text={TRUST} /> },
            { label: words.elsewhere, value: <CopyCommand text={`slipway trust --export ${FILE}`} /> },
            {
              label: certificates.fingerprint,
              value: data ? <CopyText text={data.Fingerprint} label={certificates.fingerprint} /> : "–",
            },
          ]}
        />
        <Table
          variant="embedded"
          wrapLines
          ariaLabels={{ tableLabel: words.programs }}
          items={programs}
          trackBy="name"
          header={<Header variant="h3">{words.programs}</Header>}
          columnDefinitions={[
            { id: "name", header: words.program, cell: ({ name }) => name, isRowHeader: true, width: 140 },
            {
              id: "how",
              header: words.how,
              cell: ({ how, isCommand }) => (isCommand ? <CopyCommand text={how} /> : how),
            },
          ]}
        />
        <Box color="text-body-secondary">{words.meaning}</Box>
      </SpaceBetween>
    </Container>
  );
}
