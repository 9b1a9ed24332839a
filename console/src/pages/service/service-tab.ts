/** What every tab of a service's page gets. A tab is a file of its own that exports its component as default. */
import type { Output } from "../../api/wire.ts";

export type Service = Output<"AppRunner.DescribeService">["Service"];

export interface ServiceTabProps {
  /** Read again whenever it changes. */
  readonly service: Service;
}
