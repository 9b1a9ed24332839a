/** The versions of a parameter. Their values are read when somebody asks, and kept no longer than they are shown. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { parameterTexts as texts } from "../../texts.ts";

type Version = NonNullable<Output<"AmazonSSM.GetParameterHistory">["Parameters"]>[number];

interface Props {
  readonly name: string;
  readonly version: number;
}

export function ParameterHistory({ name, version }: Props) {
  const [isShown, setShown] = useState(false);
  const history = useReadAll(
    "AmazonSSM.GetParameterHistory",
    { Name: name, WithDecryption: true },
    "Parameters",
    { isSecret: true, isEnabled: isShown },
  );
  const toggle = (
    <Button onClick={() => setShown(!isShown)}>{isShown ? texts.hideHistory : texts.showHistory}</Button>
  );
  const hidden = { data: [], isPending: false, error: null, refetch: history.refetch };
  return (
    <ResourceTable<Version>
      id="parameter-history"
      title={texts.history}
      counter={`(${version})`}
      list={isShown ? history : hidden}
      keyOf={({ Version: number = 0 }) => String(number)}
      sortedBy="-version"
      empty={{ title: texts.hiddenValue, action: toggle }}
      actions={() => toggle}
      columns={[
        {
          id: "version",
          header: texts.version,
          text: ({ Version: number = 0 }) => String(number),
          sortBy: ({ Version: number = 0 }) => number,
        },
        {
          id: "value",
          header: texts.value,
          text: () => "",
          cell: ({ Value = "" }) => <Box variant="code">{Value}</Box>,
        },
        {
          id: "changed",
          header: texts.changed,
          text: () => "",
          sortBy: ({ LastModifiedDate = 0 }) => LastModifiedDate,
          cell: ({ LastModifiedDate }) => <Moment seconds={LastModifiedDate} />,
        },
        { id: "description", header: texts.description, text: ({ Description }) => Description ?? "–" },
      ]}
    />
  );
}
