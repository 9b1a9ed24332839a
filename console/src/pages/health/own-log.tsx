/** How much the control plane writes into its own log, for good or for a time. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { health } from "../../texts.ts";

type Level = Output<"Slipway.GetLogLevel">["Level"];

const LEVELS: readonly Level[] = ["error", "warn", "info", "debug"];
const levelOptions = LEVELS.map((value) => ({ value, label: `${health.levels[value]} (${value})` }));
const durationOptions = Object.entries(health.durations).map(([value, label]) => ({ value, label }));

export function OwnLog() {
  const answer = useRead("Slipway.GetLogLevel", {});
  return (
    <Container
      header={
        <Header variant="h2" description={health.logHint}>
          {health.log}
        </Header>
      }
    >
      <Reading answer={answer} failed={health.logUnread}>
        {(state) => <LevelForm key={`${state.Level} ${state.Until}`} state={state} />}
      </Reading>
    </Container>
  );
}

function LevelForm({ state }: { readonly state: Output<"Slipway.GetLogLevel"> }) {
  const notify = useNotify();
  const [level, setLevel] = useState<Level>(state.Level);
  const [seconds, setSeconds] = useState("0");
  const set = useAct("Slipway.SetLogLevel", {
    onDone: () => notify({ type: "success", text: health.levelSet }),
  });
  const save = () => {
    const duration = Number(seconds);
    set.mutate(
      { Level: level, ...(duration === 0 ? {} : { DurationSeconds: duration }) },
      { onError: ({ message }) => notify({ type: "error", text: message }) },
    );
  };
  return (
    <SpaceBetween size="m">
      {state.Until === undefined ? null : (
        <Box>
          {health.fallsBack(state.FallsBackTo ?? "")} <Moment seconds={state.Until} />
        </Box>
      )}
      <SpaceBetween direction="horizontal" size="m" alignItems="end">
        <FormField label={health.level}>
          <Select
            selectedOption={levelOptions.find(({ value }) => value === level) ?? null}
            options={levelOptions}
            onChange={({ detail }) => setLevel(detail.selectedOption.value as Level)}
          />
        </FormField>
        <FormField label={health.duration}>
          <Select
            selectedOption={durationOptions.find(({ value }) => value === seconds) ?? null}
            options={durationOptions}
            onChange={({ detail }) => setSeconds(detail.selectedOption.value ?? "0")}
          />
        </FormField>
        <PermittedButton needs="slipway:SetLogLevel" loading={set.isPending} onClick={save}>
          {health.setLevel}
        </PermittedButton>
      </SpaceBetween>
    </SpaceBetween>
  );
}
