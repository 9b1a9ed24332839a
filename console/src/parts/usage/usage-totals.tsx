/** The whole time in a few numbers: what it would have cost, what it costs here, what is saved by being idle. */
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import type { ReactNode } from "react";
import { usage as texts } from "../../texts.ts";
import { formatValue } from "../charts/axis.ts";
import { savedPercent, type UsageReply } from "./usage-data.ts";

export function UsageTotals({ reply }: { readonly reply: UsageReply }) {
  const { Total: total, MachineMonthPrice: machine } = reply;
  const saved = savedPercent(total);
  return (
    <Container>
      <ColumnLayout columns={4} variant="text-grid" minColumnWidth={170}>
        <Figure name={texts.appRunner} value={formatValue(total.Cost, "dollars")}>
          {texts.requests(formatValue(total.Requests, "count"))}
        </Figure>
        {machine === undefined ? (
          <Figure name={texts.here} value="–">
            {texts.hereUnknown}
          </Figure>
        ) : (
          <Figure name={texts.here} value={formatValue(total.MachineCost ?? 0, "dollars")}>
            {texts.hereOf(formatValue(machine, "dollars"))}
          </Figure>
        )}
        <Figure name={texts.alwaysActive} value={formatValue(total.AlwaysActiveCost, "dollars")}>
          {saved === null ? null : texts.saved(saved.toFixed(0))}
        </Figure>
        <Figure name={texts.used} value={`${formatValue(total.GbHours, "count")} GB-h`}>
          {texts.usedText(
            formatValue(total.ActiveInstanceHours, "hours"),
            formatValue(total.ProvisionedInstanceHours, "hours"),
          )}
        </Figure>
      </ColumnLayout>
    </Container>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly children: ReactNode;
}

function Figure({ name, value, children }: FigureProps) {
  return (
    <div>
      <Box variant="awsui-key-label">{name}</Box>
      <Box fontSize="display-l" fontWeight="bold">
        {value}
      </Box>
      <Box color="text-body-secondary" fontSize="body-s">
        {children}
      </Box>
    </div>
  );
}
