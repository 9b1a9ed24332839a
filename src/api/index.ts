/** The public face of the API module. */
export { problemOfService } from "./acceptable-service.ts";
export { type Api, buildApi } from "./api.ts";
export { InstanceDoor } from "./door/instance-door.ts";
export { ensureDefaultAutoScalingConfiguration } from "./resources/auto-scaling.ts";
export { ensureRootAccessKey } from "./root-access-key.ts";
