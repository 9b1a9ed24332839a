/**
 * What an instance with a role shows at the instance door. Nothing is kept: a token is the same at each start of the
 * instance and after each start of the control plane. Implementation: `identity/`.
 */
export interface InstanceTokens {
  tokenOf(instanceId: string): string;
  /** The instance whose token this is; null: nobody's. Takes the same time whatever is wrong with it. */
  instanceOf(token: string): string | null;
}
