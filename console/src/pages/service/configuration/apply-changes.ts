/**
 * Applies what was edited: looks whether somebody else was there first, then tags, then the settings, which the control plane
 * takes for the service as it was at that look.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ApiError, call } from "../../../api/call.ts";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { draftOf } from "../../../parts/service-fields/draft-from-wire.ts";
import { tagChanges, toCreateScaling } from "../../../parts/service-fields/draft-to-wire.ts";
import { type DiffRow, diffOf } from "./draft-diff.ts";
import { updateInput } from "./update-input.ts";

export interface ApplyWish {
  /** As it was when the changes were looked at. */
  readonly current: ServiceDraft;
  readonly edited: ServiceDraft;
  /** For tags that take effect with the next deployment. */
  readonly deploysAfterwards: boolean;
}

export interface Applied {
  /** Null: nothing has to be deployed. */
  readonly operationId: string | null;
  /** What somebody else changed: nothing was applied, and is to be looked at again. */
  readonly changedElsewhere: readonly DiffRow[];
}

export function useApply(serviceArn: string) {
  const client = useQueryClient();
  return useMutation<Applied, ApiError, ApplyWish>({
    mutationFn: (wish) => apply(serviceArn, wish),
    onSettled: () => client.invalidateQueries(),
  });
}

async function apply(
  serviceArn: string,
  { current, edited, deploysAfterwards }: ApplyWish,
): Promise<Applied> {
  const present = await readPresent(serviceArn);
  const changedElsewhere = diffOf(current, present.draft);
  if (changedElsewhere.length > 0) return { operationId: null, changedElsewhere };
  const { put, removed } = tagChanges(current, edited);
  if (removed.length > 0) {
    await call("AppRunner.UntagResource", { ResourceArn: serviceArn, TagKeys: removed });
  }
  if (put.length > 0) await call("AppRunner.TagResource", { ResourceArn: serviceArn, Tags: put });
  const wish = { current, edited, deploysAfterwards };
  const operationId = await deploy(serviceArn, wish, present.updatedAt);
  return { operationId, changedElsewhere: [] };
}

async function deploy(
  ServiceArn: string,
  { current, edited, deploysAfterwards }: ApplyWish,
  ifUpdatedAt: number,
): Promise<string | null> {
  const update = updateInput(ServiceArn, current, edited, await makeScaling(edited));
  if (update !== null) {
    const { OperationId } = await call("AppRunner.UpdateService", update, undefined, { ifUpdatedAt });
    return OperationId ?? null;
  }
  return deploysAfterwards ? (await call("AppRunner.StartDeployment", { ServiceArn })).OperationId : null;
}

/** Numbers of the service's own become a configuration under its name; the same numbers again another revision of it. */
async function makeScaling(edited: ServiceDraft): Promise<string | undefined> {
  const wish = toCreateScaling(edited);
  if (wish === null) return undefined;
  const { AutoScalingConfiguration: made } = await call("AppRunner.CreateAutoScalingConfiguration", wish);
  return made.AutoScalingConfigurationArn;
}

interface Present {
  readonly draft: ServiceDraft;
  readonly updatedAt: number;
}

async function readPresent(serviceArn: string): Promise<Present> {
  const [{ Service: service }, { Tags: tags = [] }] = await Promise.all([
    call("AppRunner.DescribeService", { ServiceArn: serviceArn }),
    call("AppRunner.ListTagsForResource", { ResourceArn: serviceArn }),
  ]);
  return { draft: draftOf(service, tags), updatedAt: service.UpdatedAt };
}
