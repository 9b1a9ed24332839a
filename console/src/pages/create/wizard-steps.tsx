/** The steps, with the fields that each asks for: where a problem is shown, and what must be right before the next. */
import type { ReactNode } from "react";
import type { ServiceDraft } from "../../parts/service-fields/draft.ts";
import { extensionGroups, type ExtensionGroup } from "../../parts/service-fields/extension-specs.ts";
import type { SectionProps } from "../../parts/service-fields/field.tsx";
import type { create } from "../../texts.ts";
import { BuildStep } from "./build-step.tsx";
import { NetworkStep } from "./network-step.tsx";
import { ObserveStep } from "./observe-step.tsx";
import { ScalingStep } from "./scaling-step.tsx";
import { ServiceStep } from "./service-step.tsx";
import { SourceStep } from "./source-step.tsx";

export type StepId = keyof typeof create.steps;

export interface WizardStep {
  readonly id: Exclude<StepId, "review">;
  readonly fields: readonly string[];
  /** Its defaults are good: one may go past it. */
  readonly isOptional?: true;
  readonly Content: (props: SectionProps) => ReactNode;
}

const run = ["port", "startCommand"];

const all: readonly WizardStep[] = [
  {
    id: "source",
    fields: [
      "sourceKind",
      "imageIdentifier",
      "imageRepositoryType",
      "accessRoleArn",
      "repositoryUrl",
      "connectionArn",
      "branch",
      "sourceDirectory",
      "deploysByItself",
    ],
    Content: SourceStep,
  },
  {
    id: "build",
    fields: ["buildFrom", "runtime", "buildCommand", ...extensionsOf("build", "buildSecrets")],
    Content: BuildStep,
  },
  {
    id: "service",
    fields: ["name", "cpu", "memory", ...run, "variables", "secrets", ...extensionsOf("life")],
    Content: ServiceStep,
  },
  {
    id: "scaling",
    isOptional: true,
    fields: [
      "scalingChoice",
      "scalingArn",
      "minSize",
      "maxSize",
      "maxConcurrency",
      "healthProtocol",
      "healthPath",
      "healthInterval",
      "healthTimeout",
      "healthyThreshold",
      "unhealthyThreshold",
      ...extensionsOf("scaling"),
    ],
    Content: ScalingStep,
  },
  {
    id: "network",
    isOptional: true,
    fields: [
      "isPublic",
      "vpcConnectorArn",
      "instanceRoleArn",
      "kmsKeyArn",
      ...extensionsOf("traffic", "protection", "trust"),
    ],
    Content: NetworkStep,
  },
  {
    id: "observe",
    isOptional: true,
    fields: ["observabilityArn", "tags", ...extensionsOf("records")],
    Content: ObserveStep,
  },
];

/** An image needs no build. */
export function stepsOf({ sourceKind }: ServiceDraft): readonly WizardStep[] {
  return all.filter(({ id }) => id !== "build" || sourceKind === "code");
}

function extensionsOf(...groups: readonly ExtensionGroup[]): readonly string[] {
  return groups.flatMap((group) => extensionGroups[group].map((name) => `extensions.${name}`));
}
