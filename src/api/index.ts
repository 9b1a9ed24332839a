/** The public face of the API module. */
export { buildApi, type Api, type ApiDependencies } from "./api.ts";
export type { ApiLogger } from "./dispatch.ts";
export type { Finding } from "./handler.ts";
export { ListenError } from "./listen-error.ts";
export { ensureDefaultAutoScalingConfiguration } from "./resources/auto-scaling.ts";
export { ensureRootAccessKey, rootPrincipalArn, type RootKeyOptions } from "./root-access-key.ts";
