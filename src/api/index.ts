/** The public face of the API module. */
export { buildApi } from "./api.ts";
export { ensureDefaultAutoScalingConfiguration } from "./resources/auto-scaling.ts";
export { ensureRootAccessKey, rootPrincipalArn } from "./root-access-key.ts";
