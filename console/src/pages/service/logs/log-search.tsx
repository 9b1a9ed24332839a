/** The filter pattern, and what patterns there are. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import Popover from "@cloudscape-design/components/popover";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { logs as texts } from "../../../texts.ts";

export interface LogSearchProps {
  readonly pattern: string;
  readonly onSearch: (pattern: string) => void;
}

/** Remount it (by `key`) where the pattern changes from outside. */
export function LogSearch({ pattern, onSearch }: LogSearchProps) {
  const [typed, setTyped] = useState(pattern);
  const search = () => onSearch(typed.trim());
  return (
    <search className="log-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        <Input
          type="search"
          value={typed}
          ariaLabel={texts.searchLabel}
          placeholder={texts.searchPlaceholder}
          clearAriaLabel={texts.clearSearch}
          spellcheck={false}
          onChange={({ detail }) => {
            setTyped(detail.value);
            if (detail.value === "" && pattern !== "") onSearch("");
          }}
        />
        <Button formAction="submit">{texts.search}</Button>
        <Popover
          header={texts.patternHelp}
          size="large"
          position="bottom"
          triggerType="custom"
          dismissAriaLabel={texts.close}
          content={<PatternHelp />}
        >
          <Button variant="icon" iconName="status-info" formAction="none" ariaLabel={texts.patternHelp} />
        </Popover>
      </form>
    </search>
  );
}

function PatternHelp() {
  return (
    <SpaceBetween size="s">
      <Box>{texts.patternIntroduction}</Box>
      <dl>
        {texts.patterns.map(([pattern, lines]) => (
          <div key={pattern}>
            <dt>
              <Box variant="code">{pattern}</Box>
            </dt>
            <dd>{lines}</dd>
          </div>
        ))}
      </dl>
    </SpaceBetween>
  );
}
