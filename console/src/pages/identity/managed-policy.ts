import type { Output } from "../../api/wire.ts";

/** What GetPolicy tells; its text is a version's. */
export type ManagedPolicy = NonNullable<Output<"AWSIdentityManagementV20100508.GetPolicy">["Policy"]>;
