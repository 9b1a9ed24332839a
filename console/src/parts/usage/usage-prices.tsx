/** The prices that costs are worked out with, and how far they can be trusted. */
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { usage as texts } from "../../texts.ts";
import type { UsageReply } from "./usage-data.ts";

type PriceName = keyof typeof texts.priceNames;

export function UsagePrices({ reply }: { readonly reply: UsageReply }) {
  const names = Object.keys(texts.priceNames) as PriceName[];
  return (
    <ExpandableSection headerText={texts.prices} variant="container">
      <SpaceBetween size="m">
        <Box>{texts.pricesText}</Box>
        <KeyValuePairs
          columns={3}
          items={names.map((name) => ({
            label: texts.priceNames[name],
            value: (
              <>
                {reply[name] === undefined ? texts.notSet : `$${reply[name]}`}{" "}
                {reply.UnverifiedPrices.includes(name) ? (
                  <StatusIndicator type="warning">{texts.unverified}</StatusIndicator>
                ) : null}
              </>
            ),
          }))}
        />
      </SpaceBetween>
    </ExpandableSection>
  );
}
