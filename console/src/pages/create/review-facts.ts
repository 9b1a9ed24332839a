/** A draft as pairs of label and text, by step. Values of variables are shown, as the service will show them; of secrets references. */
import { idOfArn } from "../../parts/arn.ts";
import { filledRows, type ServiceDraft } from "../../parts/service-fields/draft.ts";
import { type ExtensionGroup, extensionGroups } from "../../parts/service-fields/extension-specs.ts";
import { create, extensionFields, fields } from "../../texts.ts";
import type { StepId } from "./wizard-steps.tsx";

type Fact = readonly [label: string, value: string];

const texts = create.review;

export function factsOf(draft: ServiceDraft, step: Exclude<StepId, "review">): readonly Fact[] {
  return facts[step](draft).filter(([, value]) => value !== "");
}

const facts: Readonly<Record<Exclude<StepId, "review">, (draft: ServiceDraft) => readonly Fact[]>> = {
  source: (draft) => [
    ...(draft.sourceKind === "image" ? imageFacts(draft) : codeFacts(draft)),
    [fields.deploysByItself.label, fields.deploysByItself[draft.deploysByItself ? "automatic" : "manual"]],
  ],
  build: (draft) => [
    [fields.buildFrom.label, fields.buildFrom[draft.buildFrom]],
    ...(draft.buildFrom === "api"
      ? ([
          [fields.runtime.label, draft.runtime],
          [fields.buildCommand.label, draft.buildCommand],
        ] as const)
      : []),
    ...(draft.buildFrom === "dockerfile" ? extensionFacts(draft, "build") : []),
    ...extensionFacts(draft, "buildSecrets"),
  ],
  service: (draft) => [
    [fields.name.label, draft.name],
    [
      fields.sections.instance,
      texts.size(String(Number(draft.cpu) / 1024), String(Number(draft.memory) / 1024)),
    ],
    ...(draft.sourceKind === "code" && draft.buildFrom === "file" ? [] : runFacts(draft)),
    ...extensionFacts(draft, "life"),
  ],
  scaling: (draft) => [
    [fields.sections.scaling, scalingText(draft)],
    ...extensionFacts(draft, "scaling"),
    [fields.sections.health, healthText(draft)],
    [fields.healthInterval.label, texts.seconds(draft.healthInterval)],
    [fields.healthTimeout.label, texts.seconds(draft.healthTimeout)],
    [fields.healthyThreshold.label, draft.healthyThreshold],
    [fields.unhealthyThreshold.label, draft.unhealthyThreshold],
  ],
  network: (draft) => [
    [fields.isPublic.label, fields.isPublic[draft.isPublic ? "public" : "private"]],
    [fields.vpcConnectorArn.label, shortArn(draft.vpcConnectorArn) || fields.vpcConnectorArn.none],
    [fields.instanceRoleArn.label, idOfArn(draft.instanceRoleArn) || fields.noRole],
    [fields.kmsKeyArn.label, idOfArn(draft.kmsKeyArn) || fields.kmsKeyArn.own],
    ...extensionFacts(draft, "traffic"),
    ...extensionFacts(draft, "protection"),
    ...extensionFacts(draft, "trust"),
  ],
  observe: (draft) => [
    [fields.observabilityArn.label, shortArn(draft.observabilityArn) || texts.no],
    ...extensionFacts(draft, "records"),
    ...filledRows(draft.tags).map(({ name, value }): Fact => [name, value === "" ? texts.none : value]),
  ],
};

function imageFacts(draft: ServiceDraft): readonly Fact[] {
  return [
    [fields.imageIdentifier.label, draft.imageIdentifier],
    [fields.accessRoleArn.label, idOfArn(draft.accessRoleArn)],
  ];
}

function codeFacts(draft: ServiceDraft): readonly Fact[] {
  return [
    [fields.repositoryUrl.label, draft.repositoryUrl],
    [fields.branch.label, draft.branch],
    [fields.sourceDirectory.label, draft.sourceDirectory],
    [fields.connectionArn.label, shortArn(draft.connectionArn)],
  ];
}

function runFacts(draft: ServiceDraft): readonly Fact[] {
  return [
    [fields.port.label, draft.port],
    [fields.startCommand.label, draft.startCommand],
    ...filledRows(draft.variables).map(({ name, value }): Fact => [name, value === "" ? texts.none : value]),
    ...filledRows(draft.secrets).map(({ name, value }): Fact => [`${name} (${texts.reference})`, value]),
  ];
}

function extensionFacts({ extensions }: ServiceDraft, group: ExtensionGroup): readonly Fact[] {
  return extensionGroups[group].map((name): Fact => {
    const { label, choices } = extensionFields[name];
    const value = extensions[name] ?? "";
    return [label, choices?.[value] ?? value];
  });
}

function scalingText({ scalingChoice, scalingArn, ...draft }: ServiceDraft): string {
  if (scalingChoice === "own") return texts.ownScaling(draft.minSize, draft.maxSize, draft.maxConcurrency);
  return scalingArn === "" ? fields.scaling.accountDefault : shortArn(scalingArn);
}

function healthText({ healthProtocol, healthPath }: ServiceDraft): string {
  return healthProtocol === "TCP" ? fields.healthProtocol.TCP : `${fields.healthProtocol.HTTP} ${healthPath}`;
}

/** `name, revision 2` of `arn:…:vpcconnector/name/2/id`, and the name of a connection. */
function shortArn(arn: string): string {
  const [, ...parts] = (arn.split(":").at(-1) ?? "").split("/");
  const [name = "", revision] = parts;
  return parts.length >= 3 ? fields.scaling.revision(name, Number(revision)) : name;
}
