/** What one service used, and what it would have cost at App Runner. */
import { UsageView } from "../../../parts/usage/usage-view.tsx";
import type { ServiceTabProps } from "../service-tab.ts";

export default function UsageTab({ service }: ServiceTabProps) {
  return <UsageView service={{ arn: service.ServiceArn, name: service.ServiceName }} />;
}
