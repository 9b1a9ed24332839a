/** The services that this one may call: chosen of those there are, or named before they are. */
import Autosuggest from "@cloudscape-design/components/autosuggest";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";
import { useRead, useReadAll } from "../../api/queries.ts";
import { connectedServices as texts, extensionFields } from "../../texts.ts";
import { connectedNames, internalUrl, withName, withoutName } from "./connected-names.ts";

export interface ConnectedServicesProps {
  readonly ownName: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export function ConnectedServices({ ownName, value, onValue }: ConnectedServicesProps) {
  const [typed, setTyped] = useState("");
  const list = useReadAll("AppRunner.ListServices", {}, "ServiceSummaryList", { topics: ["services"] });
  const port = useRead("Slipway.GetInfo", {}).data?.InternalPort;
  const names = connectedNames(value);
  const known = new Set(list.data?.map(({ ServiceName = "" }) => ServiceName));
  // While nobody knows which services there are, none is called unknown.
  const isUnknown = (name: string) => list.data !== undefined && !known.has(name);
  const free = [...known].filter((name) => name !== ownName && !names.includes(name)).toSorted();
  const add = (name: string) => {
    setTyped("");
    onValue(withName(value, name));
  };
  return (
    <SpaceBetween size="xs">
      <Autosuggest
        value={typed}
        options={free.map((name) => ({ value: name, description: internalUrl(name, port) }))}
        placeholder={extensionFields.connect.placeholder}
        enteredTextLabel={texts.use}
        empty={texts.none}
        statusType={list.isPending ? "loading" : list.isError ? "error" : "finished"}
        errorText={list.error?.message}
        ariaLabel={extensionFields.connect.label}
        onChange={({ detail }) => setTyped(detail.value)}
        onSelect={({ detail }) => add(detail.value)}
        // What was typed and not chosen is meant too.
        onBlur={() => {
          if (typed.trim() !== "") add(typed);
        }}
      />
      <TokenGroup
        items={names.map((name) => ({
          label: name,
          description: isUnknown(name) ? texts.unknown : internalUrl(name, port),
          dismissLabel: texts.remove(name),
        }))}
        onDismiss={({ detail }) => onValue(withoutName(value, names[detail.itemIndex] ?? ""))}
      />
    </SpaceBetween>
  );
}
