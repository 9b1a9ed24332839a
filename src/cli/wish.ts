/** What is wished of a service on the command line, before it becomes a request. */
import type { InstanceSize } from "./instance-size.ts";

export interface DeployWish {
  /** Left out, and no code either: the present source of the service stays. */
  readonly image?: string;
  readonly code?: CodeWish;
  readonly autoDeploy?: boolean;
  readonly port?: string;
  readonly startCommand?: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Name in the container → reference. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Variables or secrets. */
  readonly unsetVariables: readonly string[];
  readonly size?: InstanceSize;
  /** Names or ARNs, as given; ARNs before they become a request. */
  readonly instanceRole?: string;
  readonly accessRole?: string;
  /** An alias, id or ARN, as given; an ARN before it becomes a request. */
  readonly kmsKey?: string;
  readonly healthPath?: string;
  readonly scaling?: ScalingWish;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

export interface ScalingWish {
  readonly MinSize?: number;
  readonly MaxSize?: number;
  readonly MaxConcurrency?: number;
}

export interface CodeWish {
  readonly repositoryUrl: string;
  readonly branch?: string;
  /** Absolute within the repository. */
  readonly sourceDirectory?: string;
  readonly connectionArn?: string;
  /** The wire's name: NODEJS_22. */
  readonly runtime?: string;
  readonly buildCommand?: string;
  readonly dockerfile?: string;
}
