/** The numbers behind the name of an auto scaling configuration. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { useRead } from "../../../api/queries.ts";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { configuration as texts, fields } from "../../../texts.ts";

export function ScalingNumbers({ draft: { scalingArn } }: { readonly draft: ServiceDraft }) {
  const { data } = useRead(
    "AppRunner.DescribeAutoScalingConfiguration",
    { AutoScalingConfigurationArn: scalingArn },
    { isEnabled: scalingArn !== "", topics: ["resources"] },
  );
  if (data === undefined) return null;
  const { MinSize = 1, MaxSize = 1, MaxConcurrency = 1 } = data.AutoScalingConfiguration;
  return (
    <Box color="text-body-secondary">
      {fields.scaling.limits(MinSize, MaxSize, MaxConcurrency)}.{" "}
      <Link href="#/auto-scaling">{texts.more}</Link>
    </Box>
  );
}
