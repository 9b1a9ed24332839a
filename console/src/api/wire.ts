/** The API's operations as the browser sends and gets them: the contract's types, with moments as seconds since 1970. */
import type { InputOf, OperationName, OutputOf } from "../../../src/contract/index.ts";
import type { AppRunnerOperationName, SlipwayOperationName } from "../../../src/contract/operations.ts";

type Prefixed = AppRunnerOperationName | SlipwayOperationName;

/** An operation as X-Amz-Target names it. */
export type Target =
  | `AppRunner.${AppRunnerOperationName}`
  | `Slipway.${SlipwayOperationName}`
  | Exclude<OperationName, Prefixed>;

type NameOf<T extends Target> = T extends `AppRunner.${infer Name extends AppRunnerOperationName}`
  ? Name
  : T extends `Slipway.${infer Name extends SlipwayOperationName}`
    ? Name
    : T extends OperationName
      ? T
      : never;

/** Dates are numbers on the wire: seconds since 1970. */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer One)[]
    ? readonly Wire<One>[]
    : T extends object
      ? { readonly [Key in keyof T]: Wire<T[Key]> }
      : T;

export type Input<T extends Target> = Wire<InputOf<NameOf<T>>>;
export type Output<T extends Target> = Wire<OutputOf<NameOf<T>>>;

/** What actions of policies begin with, by what targets do. */
interface ActionPrefixes {
  AppRunner: "apprunner";
  Slipway: "slipway";
  secretsmanager: "secretsmanager";
  AmazonSSM: "ssm";
  TrentService: "kms";
  Logs_20140328: "logs";
  GraniteServiceVersion20100801: "cloudwatch";
  AWSIdentityManagementV20100508: "iam";
}

type ActionOf<T extends Target> = T extends `${infer Service extends keyof ActionPrefixes}.${infer Name}`
  ? `${ActionPrefixes[Service]}:${Name}`
  : never;

/** An operation as policies name it, for example `apprunner:PauseService`. */
export type Action = ActionOf<Target>;
