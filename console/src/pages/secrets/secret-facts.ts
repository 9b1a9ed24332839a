import type { Output } from "../../api/wire.ts";

/** What DescribeSecret tells: everything but values. */
export type SecretFacts = Output<"secretsmanager.DescribeSecret">;
