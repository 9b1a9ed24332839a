/**
 * Names and labels of everything this installation owns on an engine. Names come from our own ids only, never from a
 * user's text; labels are enough to rebuild what memory held.
 */

/** Keys of the labels that our containers, networks and images carry. */
export const labels = {
  owner: "slipway.owner",
  role: "slipway.role",
  instance: "slipway.instance",
  service: "slipway.service",
  release: "slipway.release",
  address: "slipway.address",
  port: "slipway.port",
  /** Its instance may reach the instance door. */
  door: "slipway.door",
  /** The VPC connector that a network is for. */
  connector: "slipway.connector",
  /** A sandbox that was made for one instance: on another network, or with names of its own. */
  made: "slipway.made-for",
} as const;

const OWNER_ID = /^[0-9a-f]{8,64}$/;
const INSTANCE_ID = /^[0-9a-f]{32}$/;
const SANDBOX_SUFFIX = /^[0-9a-f]{12}$/;
const SANDBOX_SUFFIX_LENGTH = 12;
const IMAGE_TAG = /^\w[\w.-]{0,127}$/;

export function isInstanceId(text: string): boolean {
  return INSTANCE_ID.test(text);
}

/** Every name is derived from the installation's id, so that two installations share one engine in peace. */
export class Names {
  readonly ownerId: string;
  readonly network: string;
  /** Linux interface names end at 15 characters: `slw-` and 8 hex are 12. */
  readonly bridge: string;
  readonly inputChain: string;
  readonly forwardChain: string;
  readonly doorChain: string;
  readonly connectorInputChain: string;
  readonly connectorForwardChain: string;
  readonly connectorReturnChain: string;
  /** Every bridge of a connector, as iptables takes it. */
  readonly connectorBridges: string;
  readonly sandboxRepository: string;
  readonly releaseRepository: string;
  readonly pulledRepository: string;

  constructor(ownerId: string) {
    if (!OWNER_ID.test(ownerId))
      throw new TypeError(`ownerId must be 8 to 64 lower-case hex digits: ${ownerId}`);
    const short = ownerId.slice(0, 8);
    this.ownerId = ownerId;
    this.network = `slipway-${short}`;
    this.bridge = `slw-${short}`;
    this.inputChain = `SLW-${short}-IN`;
    this.forwardChain = `SLW-${short}-FW`;
    this.doorChain = `SLW-${short}-DR`;
    this.connectorInputChain = `SLW-${short}-VI`;
    this.connectorForwardChain = `SLW-${short}-VF`;
    this.connectorReturnChain = `SLW-${short}-VR`;
    this.connectorBridges = `slv${short.slice(0, 5)}-+`;
    this.sandboxRepository = `slipway.local/${short}/sandbox`;
    this.releaseRepository = `slipway.local/${short}/release`;
    this.pulledRepository = `slipway.local/${short}/pulled`;
  }

  instanceContainer(instanceId: string): string {
    if (!isInstanceId(instanceId))
      throw new TypeError(`instanceId must be 32 lower-case hex digits: ${instanceId}`);
    return `${this.network}-${instanceId}`;
  }

  sandboxContainer(suffix: string): string {
    if (!SANDBOX_SUFFIX.test(suffix))
      throw new TypeError(`a sandbox's suffix must be 12 lower-case hex digits: ${suffix}`);
    return `${this.network}-sandbox-${suffix}`;
  }

  connectorNetwork(connectorId: string): string {
    return `${this.network}-vpc-${checkedConnector(connectorId).slice(0, 12)}`;
  }

  /** All 15 characters that an interface may have. */
  connectorBridge(connectorId: string): string {
    return this.connectorBridges.replace("+", checkedConnector(connectorId).slice(0, 6));
  }

  initTrialContainer(suffix: string): string {
    return `${this.network}-init-trial-${suffix}`;
  }

  readerContainer(suffix: string): string {
    return `${this.network}-reader-${suffix}`;
  }

  /** Whether a container carries our label and the name that we give to one with its other labels. */
  isOwnContainer(name: string, given: Readonly<Record<string, string>>): boolean {
    if (given[labels.owner] !== this.ownerId) return false;
    const instanceId = given[labels.instance] ?? "";
    if (given[labels.role] === "instance") {
      return isInstanceId(instanceId) && name === this.instanceContainer(instanceId);
    }
    const suffix = name.slice(-SANDBOX_SUFFIX_LENGTH);
    if (!SANDBOX_SUFFIX.test(suffix)) return false;
    if (given[labels.role] === "init-trial") return name === this.initTrialContainer(suffix);
    if (given[labels.role] === "reader") return name === this.readerContainer(suffix);
    return given[labels.role] === "sandbox" && name === this.sandboxContainer(suffix);
  }

  /** Reference that keeps a release's image. */
  releaseImage(releaseKey: string): string {
    if (!IMAGE_TAG.test(releaseKey)) throw new TypeError(`releaseKey must fit an image tag: ${releaseKey}`);
    return `${this.releaseRepository}:${releaseKey}`;
  }

  /** Tag that says "we brought this image here by a pull". */
  pulledTag(imageId: string): string {
    return imageId.replace(/^sha256:/, "");
  }
}

function checkedConnector(connectorId: string): string {
  if (/^[0-9a-f]{32}$/.test(connectorId)) return connectorId;
  throw new TypeError(`a connector's id must be 32 lower-case hex digits: ${connectorId}`);
}
