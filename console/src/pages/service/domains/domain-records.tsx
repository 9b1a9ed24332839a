/** The records to set, each as it should be beside what the domain's own name servers answered. */
import Box from "@cloudscape-design/components/box";
import Cards from "@cloudscape-design/components/cards";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { CopyText } from "../../../parts/copy-text.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { useNarrow } from "../../../parts/use-narrow.ts";
import { domains, shared } from "../../../texts.ts";
import { type Domain, type DomainRecord, recordsToSet, zoneFile } from "./domain-facts.ts";

const words = domains.records;

const LOOKS = {
  right: "success",
  missing: "warning",
  wrong: "error",
  loop: "error",
  unreachable: "warning",
  needless: "stopped",
} as const satisfies Record<DomainRecord["Verdict"], StatusIndicatorProps.Type>;

type Shown = ReturnType<typeof recordsToSet>[number];

const columns = [
  {
    id: "name",
    header: words.record,
    isRowHeader: true,
    minWidth: 200,
    cell: ({ Name, Purpose }: Shown) => (
      <>
        <CopyText text={Name} label={`${words.name} ${Name}`} />
        <Box color="text-body-secondary" fontSize="body-s">
          {words.purposes[Purpose]}
        </Box>
      </>
    ),
  },
  { id: "type", header: words.type, minWidth: 90, cell: ({ Type }: Shown) => Type },
  {
    id: "expected",
    header: words.expected,
    minWidth: 220,
    cell: ({ Name, Expected }: Shown) => <CopyText text={Expected} label={`${words.value} ${Name}`} />,
  },
  { id: "seen", header: words.seen, minWidth: 160, cell: (record: Shown) => <Seen record={record} /> },
  {
    id: "verdict",
    header: words.verdict,
    minWidth: 200,
    cell: (record: Shown) => <Verdict record={record} />,
  },
];
const [name, ...others] = columns;
const NO_SUCH_NAME = "NXDOMAIN";
const keyOf = ({ Name, Type }: Shown) => `${Name} ${Type}`;

export function DomainRecords({ domain }: { readonly domain: Domain }) {
  const records = recordsToSet(domain);
  const label = `${words.title}: ${domain.DomainName}`;
  const header = <RecordsHeader domain={domain} />;
  if (useNarrow()) {
    return (
      <Cards<Shown>
        ariaLabels={{ cardsLabel: label, selectionGroupLabel: label, itemSelectionLabel: () => label }}
        items={records}
        trackBy={keyOf}
        header={header}
        cardDefinition={{
          header: (record) => name?.cell(record),
          sections: others.map(({ id, header, cell }) => ({ id, header, content: cell })),
        }}
      />
    );
  }
  return (
    <Table<Shown>
      variant="embedded"
      wrapLines
      contentDensity="compact"
      ariaLabels={{ tableLabel: label }}
      items={records}
      trackBy={keyOf}
      header={header}
      columnDefinitions={columns}
    />
  );
}

function RecordsHeader({ domain }: { readonly domain: Domain }) {
  return (
    <Header
      variant="h3"
      description={
        domain.CheckedAt === undefined ? (
          domains.neverChecked
        ) : (
          <>
            {domains.checkedAt} <Moment seconds={domain.CheckedAt} />. {words.leave}
          </>
        )
      }
      actions={
        <CopyToClipboard
          textToCopy={zoneFile(recordsToSet(domain))}
          copyButtonText={words.copyAll}
          copyButtonAriaLabel={`${words.copyAll}: ${domain.DomainName}`}
          copySuccessText={shared.copied}
          copyErrorText={shared.copyFailed}
        />
      }
    >
      {words.title}
    </Header>
  );
}

function Seen({ record }: { readonly record: Shown }) {
  if (!("Seen" in record)) return <Box color="text-body-secondary">{words.notSeenYet}</Box>;
  if (record.Seen.length === 0 || record.Seen[0] === NO_SUCH_NAME)
    return <Box color="text-body-secondary">{words.nothing}</Box>;
  return (
    <>
      {record.Seen.map((one) => (
        <div key={one}>{one}</div>
      ))}
    </>
  );
}

function Verdict({ record }: { readonly record: Shown }) {
  if (!("Verdict" in record)) return <StatusIndicator type="in-progress">{words.notSeenYet}</StatusIndicator>;
  return (
    <SpaceBetween size="xxxs">
      <StatusIndicator type={LOOKS[record.Verdict]}>{words.verdicts[record.Verdict]}</StatusIndicator>
      {record.Problem === undefined || record.Verdict === "missing" ? null : (
        <Box color="text-body-secondary" fontSize="body-s">
          {record.Problem}
        </Box>
      )}
    </SpaceBetween>
  );
}
