/** The sections of a service's configuration, in App Runner's order: what each shows, and the form that edits it. */
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { BuildFields } from "../../../parts/service-fields/build-fields.tsx";
import { CodeSourceFields } from "../../../parts/service-fields/code-source-fields.tsx";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { ExtensionFields } from "../../../parts/service-fields/extension-fields.tsx";
import {
  type ExtensionGroup,
  extensionGroups,
  type ExtensionName,
} from "../../../parts/service-fields/extension-specs.ts";
import type { SectionProps } from "../../../parts/service-fields/field.tsx";
import { HealthCheckFields } from "../../../parts/service-fields/health-check-fields.tsx";
import { ImageSourceFields } from "../../../parts/service-fields/image-source-fields.tsx";
import { InstanceFields } from "../../../parts/service-fields/instance-fields.tsx";
import { NetworkFields } from "../../../parts/service-fields/network-fields.tsx";
import { ObservabilityFields } from "../../../parts/service-fields/observability-fields.tsx";
import { RunFields } from "../../../parts/service-fields/run-fields.tsx";
import { ScalingFields } from "../../../parts/service-fields/scaling-fields.tsx";
import { ScalingSimulation } from "../../../parts/service-fields/scaling-simulation.tsx";
import { SecretsFields } from "../../../parts/service-fields/secrets-fields.tsx";
import { SecurityFields } from "../../../parts/service-fields/security-fields.tsx";
import { TagsFields } from "../../../parts/service-fields/tags-fields.tsx";
import { VariablesFields } from "../../../parts/service-fields/variables-fields.tsx";
import { configuration as texts, fields } from "../../../texts.ts";
import { EntryList } from "./entry-list.tsx";
import type { PlainKey } from "./member-texts.ts";
import { ScalingNumbers } from "./scaling-numbers.tsx";

export interface Section {
  readonly id: string;
  readonly title: string;
  /** Members shown, in this order; those that say nothing for this service are left out. */
  readonly shows: (draft: ServiceDraft) => readonly PlainKey[];
  /** All that its form may change. */
  readonly keys: readonly (keyof ServiceDraft)[];
  readonly groups: readonly ExtensionGroup[];
  readonly Form: (props: SectionProps) => ReactNode;
  /** Shown below the members. */
  readonly More?: (props: { readonly draft: ServiceDraft }) => ReactNode;
}

export function sectionsOf({ sourceKind }: ServiceDraft): readonly Section[] {
  return sourceKind === "code" ? [codeSource, build, ...common] : [imageSource, ...common];
}

export function extensionsIn({ groups }: Section): readonly ExtensionName[] {
  return groups.flatMap((group) => extensionGroups[group]);
}

const imageSource: Section = {
  id: "source",
  title: fields.sections.source,
  shows: () => ["imageIdentifier", "imageRepositoryType", "accessRoleArn", "deploysByItself"],
  keys: ["imageIdentifier", "imageRepositoryType", "accessRoleArn", "deploysByItself"],
  groups: [],
  Form: ImageSourceFields,
};

const codeSource: Section = {
  id: "source",
  title: fields.sections.source,
  shows: () => ["repositoryUrl", "connectionArn", "branch", "sourceDirectory", "deploysByItself"],
  keys: ["repositoryUrl", "connectionArn", "branch", "sourceDirectory", "deploysByItself"],
  groups: [],
  Form: CodeSourceFields,
};

const build: Section = {
  id: "build",
  title: fields.sections.build,
  shows: ({ buildFrom }) => (buildFrom === "api" ? ["buildFrom", "runtime", "buildCommand"] : ["buildFrom"]),
  keys: ["buildFrom", "runtime", "buildCommand"],
  groups: ["build", "buildSecrets"],
  Form: BuildFields,
};

const common: readonly Section[] = [
  {
    id: "run",
    title: fields.sections.service,
    shows: () => ["port", "startCommand", "cpu", "memory"],
    keys: ["port", "startCommand", "cpu", "memory"],
    groups: ["life"],
    Form: (props) => (
      <SpaceBetween size="l">
        <InstanceFields {...props} />
        <RunFields {...props} />
        <ExtensionFields {...props} group="life" />
      </SpaceBetween>
    ),
  },
  {
    id: "variables",
    title: texts.variablesTitle,
    shows: () => [],
    keys: ["variables", "secrets"],
    groups: [],
    More: ({ draft }) => <EntryList draft={draft} kinds={["variable", "secret"]} empty={texts.noVariables} />,
    Form: (props) => (
      <SpaceBetween size="l">
        <Header variant="h3">{fields.sections.variables}</Header>
        <VariablesFields {...props} />
        <Header variant="h3">{fields.sections.secrets}</Header>
        <SecretsFields {...props} />
      </SpaceBetween>
    ),
  },
  {
    id: "scaling",
    title: fields.sections.scaling,
    shows: () => ["scalingArn"],
    keys: ["scalingChoice", "scalingArn", "minSize", "maxSize", "maxConcurrency"],
    groups: ["scaling"],
    More: ScalingNumbers,
    Form: (props) => (
      <SpaceBetween size="l">
        <ScalingFields {...props} />
        <ScalingSimulation draft={props.draft} />
        <ExtensionFields {...props} group="scaling" />
      </SpaceBetween>
    ),
  },
  {
    id: "health",
    title: fields.sections.health,
    shows: ({ healthProtocol }) => [
      "healthProtocol",
      ...(healthProtocol === "HTTP" ? (["healthPath"] as const) : []),
      "healthInterval",
      "healthTimeout",
      "healthyThreshold",
      "unhealthyThreshold",
    ],
    keys: [
      "healthProtocol",
      "healthPath",
      "healthInterval",
      "healthTimeout",
      "healthyThreshold",
      "unhealthyThreshold",
    ],
    groups: [],
    Form: HealthCheckFields,
  },
  {
    id: "network",
    title: fields.sections.network,
    shows: () => ["isPublic", "vpcConnectorArn"],
    keys: ["isPublic", "vpcConnectorArn"],
    groups: ["traffic"],
    Form: (props) => (
      <SpaceBetween size="l">
        <NetworkFields {...props} />
        <ExtensionFields {...props} group="traffic" />
      </SpaceBetween>
    ),
  },
  {
    id: "security",
    title: fields.sections.security,
    shows: () => ["instanceRoleArn", "kmsKeyArn"],
    keys: ["instanceRoleArn"],
    groups: ["protection", "trust"],
    Form: (props) => (
      <SpaceBetween size="l">
        <SecurityFields {...props} canChangeKey={false} />
        <ExtensionFields {...props} group="protection" />
        <ExtensionFields {...props} group="trust" />
      </SpaceBetween>
    ),
  },
  {
    id: "observability",
    title: fields.sections.observability,
    shows: () => ["observabilityArn"],
    keys: ["observabilityArn"],
    groups: ["records"],
    Form: (props) => (
      <SpaceBetween size="l">
        <ObservabilityFields {...props} />
        <ExtensionFields {...props} group="records" />
      </SpaceBetween>
    ),
  },
  {
    id: "tags",
    title: fields.sections.tags,
    shows: () => [],
    keys: ["tags"],
    groups: [],
    More: ({ draft }) => <EntryList draft={draft} kinds={["tag"]} empty={fields.tags.empty} />,
    Form: TagsFields,
  },
];
