/**
 * A service's settings as forms hold them: flat, and as people type them. Numbers are texts until they are sent; an empty text
 * is what nobody has said. `draft-to-wire.ts` makes the API's input of it, `draft-from-wire.ts` a draft of a service.
 */
import type { ExtensionTexts } from "./extension-specs.ts";

export interface DraftEntry {
  readonly name: string;
  /** Of a variable or a tag: its value. Of a secret: the reference, never the value. */
  readonly value: string;
}

/** `api`: the settings say it. `file`: apprunner.yaml does. */
export type BuildFrom = "api" | "file" | "dockerfile";

export interface ServiceDraft {
  readonly name: string;
  readonly sourceKind: "image" | "code";

  readonly imageIdentifier: string;
  readonly imageRepositoryType: "ECR" | "ECR_PUBLIC";
  /** Selects the credentials of a registry. */
  readonly accessRoleArn: string;

  readonly repositoryUrl: string;
  /** Empty: a public repository, or one that is hosted here. */
  readonly connectionArn: string;
  readonly branch: string;
  readonly sourceDirectory: string;
  readonly buildFrom: BuildFrom;
  readonly runtime: string;
  readonly buildCommand: string;

  readonly deploysByItself: boolean;

  readonly startCommand: string;
  readonly port: string;
  readonly variables: readonly DraftEntry[];
  readonly secrets: readonly DraftEntry[];

  readonly cpu: string;
  readonly memory: string;
  readonly instanceRoleArn: string;

  /** `named`: a configuration that is there. `own`: one is made for this service, with the numbers below. */
  readonly scalingChoice: "named" | "own";
  /** Empty: the account's default. */
  readonly scalingArn: string;
  readonly minSize: string;
  readonly maxSize: string;
  readonly maxConcurrency: string;

  readonly healthProtocol: "TCP" | "HTTP";
  readonly healthPath: string;
  readonly healthInterval: string;
  readonly healthTimeout: string;
  readonly healthyThreshold: string;
  readonly unhealthyThreshold: string;

  readonly isPublic: boolean;
  /** Empty: wherever the machine reaches. */
  readonly vpcConnectorArn: string;

  /** Empty: Slipway's own. Cannot be changed later. */
  readonly kmsKeyArn: string;

  /** Empty: no tracing. */
  readonly observabilityArn: string;

  /** Values of `slipway:` tags. */
  readonly extensions: ExtensionTexts;
  /** All other tags. */
  readonly tags: readonly DraftEntry[];
}

export type DraftChange = Partial<ServiceDraft>;

/** App Runner's defaults; as with the command line an image is deployed by hand, and source code with each push. */
export const emptyDraft: ServiceDraft = {
  name: "",
  sourceKind: "image",
  imageIdentifier: "",
  imageRepositoryType: "ECR",
  accessRoleArn: "",
  repositoryUrl: "",
  connectionArn: "",
  branch: "",
  sourceDirectory: "/",
  buildFrom: "api",
  runtime: "",
  buildCommand: "",
  deploysByItself: false,
  startCommand: "",
  port: "8080",
  variables: [],
  secrets: [],
  cpu: "1024",
  memory: "2048",
  instanceRoleArn: "",
  scalingChoice: "named",
  scalingArn: "",
  minSize: "1",
  maxSize: "25",
  maxConcurrency: "100",
  healthProtocol: "TCP",
  healthPath: "/",
  healthInterval: "5",
  healthTimeout: "2",
  healthyThreshold: "1",
  unhealthyThreshold: "5",
  isPublic: true,
  vpcConnectorArn: "",
  kmsKeyArn: "",
  observabilityArn: "",
  extensions: {},
  tags: [],
};

/** Another kind of source, with what is usual for it. */
export function ofSource(sourceKind: ServiceDraft["sourceKind"]): DraftChange {
  return { sourceKind, deploysByItself: sourceKind === "code" };
}

/** Rows that nobody has filled in are not there. */
export function filledRows(rows: readonly DraftEntry[]): readonly DraftEntry[] {
  return rows.filter(({ name, value }) => name !== "" || value !== "");
}
