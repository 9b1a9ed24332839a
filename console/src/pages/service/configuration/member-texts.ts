/** A service's settings in words: what each is called, and what its value means. Pure. */
import { idOfArn } from "../../../parts/arn.ts";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { configuration as texts, fields } from "../../../texts.ts";

/** Members with one value; variables, secrets, tags and extensions have many. */
export type PlainKey = Exclude<
  keyof ServiceDraft,
  "variables" | "secrets" | "tags" | "extensions" | "scalingChoice" | "minSize" | "maxSize" | "maxConcurrency"
>;

export function memberLabel(key: PlainKey): string {
  if (key === "scalingArn") return fields.sections.scaling;
  if (key === "imageRepositoryType") return texts.registryLabel;
  if (key === "sourceKind") return fields.sections.source;
  return fields[key].label;
}

export function memberText(key: PlainKey, draft: ServiceDraft): string {
  const text = TEXTS[key];
  return text === undefined ? draft[key].toString() || texts.none : text(draft);
}

const TEXTS: { readonly [Key in PlainKey]?: (draft: ServiceDraft) => string } = {
  imageRepositoryType: (draft) => texts.registry[draft.imageRepositoryType],
  accessRoleArn: (draft) => idOfArn(draft.accessRoleArn) || fields.noRole,
  connectionArn: (draft) => (draft.connectionArn === "" ? fields.noConnection : nameIn(draft.connectionArn)),
  deploysByItself: (draft) =>
    draft.deploysByItself ? fields.deploysByItself.automatic : fields.deploysByItself.manual,
  buildFrom: (draft) => fields.buildFrom[draft.buildFrom],
  startCommand: (draft) => draft.startCommand || texts.imageDefault,
  cpu: (draft) => fields.vcpu(String(Number(draft.cpu) / 1024)),
  memory: (draft) => fields.gigabytes(String(Number(draft.memory) / 1024)),
  scalingArn: (draft) => (draft.scalingArn === "" ? texts.accountDefault : revisionIn(draft.scalingArn)),
  healthInterval: (draft) => texts.seconds(draft.healthInterval),
  healthTimeout: (draft) => texts.seconds(draft.healthTimeout),
  healthyThreshold: (draft) => texts.inARow(draft.healthyThreshold),
  unhealthyThreshold: (draft) => texts.inARow(draft.unhealthyThreshold),
  isPublic: (draft) => (draft.isPublic ? fields.isPublic.public : fields.isPublic.private),
  vpcConnectorArn: (draft) =>
    draft.vpcConnectorArn === "" ? fields.vpcConnectorArn.none : revisionIn(draft.vpcConnectorArn),
  instanceRoleArn: (draft) => idOfArn(draft.instanceRoleArn) || fields.noRole,
  kmsKeyArn: (draft) => idOfArn(draft.kmsKeyArn) || fields.kmsKeyArn.own,
  observabilityArn: (draft) =>
    draft.observabilityArn === "" ? texts.off : revisionIn(draft.observabilityArn),
};

function nameIn(arn: string): string {
  return arn.split("/")[1] ?? arn;
}

/** `…:vpcconnector/database/2/0123…` → `database, revision 2` */
function revisionIn(arn: string): string {
  const [, name = arn, revision = "1"] = arn.split("/");
  return fields.scaling.revision(name, Number(revision));
}
