/** What is to be written as code: the API's own inputs, so that nothing can differ from what the console sends. */
import type { Input } from "../../../api/wire.ts";

export interface CodeWish {
  readonly service: Input<"AppRunner.CreateService">;
  /** Null: the service names a configuration, or takes the account's default. */
  readonly scaling: Input<"AppRunner.CreateAutoScalingConfiguration"> | null;
  /** Of the API, for clients that would else call AWS. */
  readonly endpoint: string;
  readonly region: string;
}

/** A structure of the API: undefined members are not there. */
export type Plain =
  | string
  | number
  | boolean
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };
