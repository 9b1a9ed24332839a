/** Auto scaling configurations: the account's default, what a service gets, and how they look on the wire. */
import type * as Wire from "../../contract/index.ts";
import type { InputOf } from "../../contract/index.ts";
import { type AccountScope, formatArn } from "../../domain/arn.ts";
import {
  type AutoScalingConfiguration,
  DEFAULT_CONFIGURATION_ID,
  DEFAULT_CONFIGURATION_NAME,
} from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store, Tables } from "../../ports/store.ts";
import type { HandlerContext } from "../handler.ts";
import { ALL_ROWS } from "../paging.ts";
import { toDate, toOptionalDate } from "../wire/time.ts";
import { autoScalingKind } from "./resource-kind.ts";
import { findActiveRevision } from "./revision.ts";

/** App Runner API, CreateAutoScalingConfiguration. */
const AUTO_SCALING_DEFAULTS = { maxConcurrency: 100, minSize: 1, maxSize: 25 };

/** The limits wished for a revision. */
export function limitsFromWire(
  input: InputOf<"CreateAutoScalingConfiguration">,
): Pick<AutoScalingConfiguration, "maxConcurrency" | "minSize" | "maxSize"> {
  const maxConcurrency = input.MaxConcurrency ?? AUTO_SCALING_DEFAULTS.maxConcurrency;
  const minSize = input.MinSize ?? AUTO_SCALING_DEFAULTS.minSize;
  const maxSize = input.MaxSize ?? AUTO_SCALING_DEFAULTS.maxSize;
  if (minSize <= maxSize) return { maxConcurrency, minSize, maxSize };
  throw new SlipwayError("InvalidParameter", {
    path: "MinSize",
    problem: `must not be above MaxSize: ${minSize} is more than ${maxSize}`,
  });
}

/** Every account has a default from the start, under an ARN that clients know. Idempotent. */
export async function ensureDefaultAutoScalingConfiguration(
  store: Store,
  scope: AccountScope,
  clock: Pick<Clock, "now">,
): Promise<void> {
  await store.transaction(async (tx) => {
    if ((await findDefault(tx)) !== null) return;
    const name = DEFAULT_CONFIGURATION_NAME;
    const id = DEFAULT_CONFIGURATION_ID;
    await tx.autoScalingConfigurations.save({
      arn: formatArn({ ...scope, type: autoScalingKind.type, name, revision: 1, id }),
      name,
      revision: 1,
      isLatest: true,
      isActive: true,
      createdAtMs: clock.now(),
      deletedAtMs: null,
      ...AUTO_SCALING_DEFAULTS,
      isDefault: true,
    });
  });
}

/** The one revision with the flag. The quotas keep the list short. */
export async function findDefault(tables: Tables): Promise<AutoScalingConfiguration | null> {
  const all = await tables.autoScalingConfigurations.list(
    { latestOnly: false },
    { after: null, limit: ALL_ROWS },
  );
  return all.rows.find(({ isDefault }) => isDefault) ?? null;
}

/** The exact revision for a new service: the one named, or the account's default. */
export async function resolveAutoScaling(
  arn: string | undefined,
  context: Pick<HandlerContext, "store" | "scope">,
): Promise<string> {
  if (arn !== undefined) {
    const { scope, store } = context;
    const row = await findActiveRevision(store.autoScalingConfigurations, arn, {
      kind: autoScalingKind,
      scope,
    });
    return row.arn;
  }
  const row = await findDefault(context.store);
  if (row === null)
    throw new SlipwayError("StoreUnavailable", { problem: "it has no default auto scaling configuration" });
  return row.arn;
}

/** Statuses in lower case: so the real service sends them, and Terraform waits for exactly these. */
export function toWireAutoScalingConfiguration(
  row: AutoScalingConfiguration,
  hasAssociatedService: boolean,
): Wire.AutoScalingConfiguration {
  return {
    ...toWireAutoScalingSummary(row, hasAssociatedService),
    Latest: row.isLatest,
    MaxConcurrency: row.maxConcurrency,
    MinSize: row.minSize,
    MaxSize: row.maxSize,
    DeletedAt: toOptionalDate(row.deletedAtMs),
  };
}

export function toWireAutoScalingSummary(
  row: AutoScalingConfiguration,
  hasAssociatedService: boolean,
): Wire.AutoScalingConfigurationSummary {
  return {
    AutoScalingConfigurationArn: row.arn,
    AutoScalingConfigurationName: row.name,
    AutoScalingConfigurationRevision: row.revision,
    Status: row.isActive ? "active" : "inactive",
    CreatedAt: toDate(row.createdAtMs),
    HasAssociatedService: hasAssociatedService,
    IsDefault: row.isDefault,
  };
}

export async function hasAssociatedService(arn: string, tables: Tables): Promise<boolean> {
  const page = await tables.services.listUsingAutoScaling(arn, { after: null, limit: 1 });
  return page.rows.length > 0;
}
