/** All parameters as a tree of their paths, never their values. */
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useMemo, useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Page } from "../../app/page.tsx";
import { Moment } from "../../parts/moment.tsx";
import { EmptyList, NoMatch, UnreadList } from "../../parts/resource-table-states.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { parameterTexts as texts, shell } from "../../texts.ts";
import { parameterHref } from "./addresses.ts";
import { CreateParameter } from "./create-parameter.tsx";
import { type ParameterNode, parameterTree } from "./parameter-tree.ts";

type Parameter = NonNullable<Output<"AmazonSSM.DescribeParameters">["Parameters"]>[number];
type Node = ParameterNode<Parameter>;

export default function ParametersPage() {
  const [isCreating, setCreating] = useState(false);
  const list = useReadAll("AmazonSSM.DescribeParameters", {}, "Parameters");
  const [text, setText] = useState("");
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const tree = useMemo(() => parameterTree(matching(list.data ?? [], text)), [list.data, text]);
  // What was looked for is shown wherever it stands.
  const expanded = text === "" ? pathsOf(tree).filter(({ id }) => opened.has(id)) : pathsOf(tree);
  const toggle = ({ id }: Node, isOpen: boolean) => {
    const next = new Set(opened);
    if (isOpen) next.add(id);
    else next.delete(id);
    setOpened(next);
  };
  const create = (
    <PermittedButton needs="ssm:PutParameter" variant="primary" onClick={() => setCreating(true)}>
      {texts.create}
    </PermittedButton>
  );
  const nothing = () => {
    if (text !== "") return <NoMatch onClear={() => setText("")} />;
    if (list.error) return <UnreadList title={shell.pages.parameters} list={list} />;
    return <EmptyList {...texts.none} action={create} />;
  };
  return (
    <Page title={shell.pages.parameters} description={texts.listDescription}>
      <Table<Node>
        items={tree}
        trackBy="id"
        loading={list.isPending}
        empty={nothing()}
        ariaLabels={{ tableLabel: shell.pages.parameters }}
        header={
          <Header variant="h2" counter={`(${list.data?.length ?? 0})`} actions={create}>
            {shell.pages.parameters}
          </Header>
        }
        filter={
          <TextFilter
            filteringText={text}
            filteringAriaLabel={texts.find}
            filteringPlaceholder={texts.find}
            onChange={({ detail }) => setText(detail.filteringText)}
          />
        }
        expandableRows={{
          getItemChildren: ({ children }) => [...children],
          isItemExpandable: ({ children }) => children.length > 0,
          expandedItems: expanded,
          onExpandableItemToggle: ({ detail }) => toggle(detail.item, detail.expanded),
        }}
        columnDefinitions={[
          { id: "name", header: texts.name, cell: nameCell, isRowHeader: true, minWidth: 240 },
          { id: "type", header: texts.type, cell: ({ parameter }) => parameter?.Type ?? "" },
          { id: "version", header: texts.version, cell: ({ parameter }) => parameter?.Version ?? "" },
          {
            id: "description",
            header: texts.description,
            cell: ({ parameter }) => parameter?.Description ?? "",
          },
          {
            id: "changed",
            header: texts.changed,
            cell: ({ parameter }) => parameter && <Moment seconds={parameter.LastModifiedDate} />,
          },
        ]}
      />
      {isCreating ? <CreateParameter onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}

function nameCell({ label, parameter, count }: Node) {
  if (parameter?.Name !== undefined) return <Link href={parameterHref(parameter.Name)}>{label}</Link>;
  return (
    <>
      <Box variant="strong">{label}</Box> <Box variant="small">{texts.count(count)}</Box>
    </>
  );
}

function matching(parameters: readonly Parameter[], text: string): readonly Parameter[] {
  const wanted = text.trim().toLowerCase();
  return parameters.filter(({ Name = "", Description = "" }) =>
    `${Name} ${Description}`.toLowerCase().includes(wanted),
  );
}

function pathsOf(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => (node.children.length === 0 ? [] : [node, ...pathsOf(node.children)]));
}
