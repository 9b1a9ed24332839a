/**
 * The instance door: open on the instances' bridge as soon as the engine is there, and kept so. Without it instances start
 * and serve all the same; what they miss are credentials, which the doctor tells.
 */
import type { Logger } from "pino";
import type { Dispatcher } from "../api/dispatch.ts";
import type { Finding } from "../api/handler.ts";
import { InstanceDoor } from "../api/index.ts";
import { doorVariables } from "../domain/instance-door.ts";
import type { DockerEngine } from "../engine/docker-engine.ts";
import { KeyedInstanceTokens } from "../identity/keyed-instance-tokens.ts";
import type { InstanceTokens } from "../ports/instance-tokens.ts";
import type { Store } from "../ports/store.ts";
import type { SealedVault } from "../secrets/sealed-vault.ts";
import type { buildIdentityParts } from "./identity-parts.ts";
import type { Settings } from "./settings.ts";
import { systemClock as clock, randomIds } from "./system-clock.ts";

const KEY_PURPOSE = "instance tokens";
const OPENING_MS = 20_000;
const NAME = "instance-door";

/** What an instance with a role is told, and what it is known by again. */
export function buildInstanceTokens(
  { region }: Pick<Settings, "region">,
  vault: Pick<SealedVault, "deriveKey">,
) {
  const tokens = new KeyedInstanceTokens(vault.deriveKey(KEY_PURPOSE));
  return {
    tokens,
    variables: (instanceId: string) => doorVariables({ region, token: tokens.tokenOf(instanceId) }),
  };
}

interface DoorRequest {
  readonly engine: Pick<DockerEngine, "bridgeAddress" | "openDoor">;
  /** The API's, once there is one. */
  readonly dispatcher: () => Dispatcher;
  readonly store: Store;
  readonly instanceTokens: { readonly tokens: InstanceTokens };
  readonly identity: Pick<ReturnType<typeof buildIdentityParts>, "credentials" | "issuer">;
  readonly logger: Logger;
}

export class KeptDoor {
  readonly #request: DoorRequest;
  readonly #door: InstanceDoor;
  #address: string | null = null;
  #problem: string | null = "it was not opened yet";

  constructor(request: DoorRequest) {
    const { dispatcher, store, instanceTokens, identity, logger } = request;
    this.#request = request;
    this.#door = new InstanceDoor({
      dispatcher,
      store,
      tokens: instanceTokens.tokens,
      ...identity,
      logger,
      newRequestId: () => randomIds.hex32(),
      now: () => clock.now(),
    });
  }

  /**
   * Whenever the engine was made ready: instances that start now find it open, and the bridge's address changes when
   * somebody removed the network. Never throws.
   */
  async open(end: AbortSignal): Promise<void> {
    const { engine, logger } = this.#request;
    const signal = AbortSignal.any([end, AbortSignal.timeout(OPENING_MS)]);
    try {
      const address = await engine.bridgeAddress(signal);
      if (address !== this.#address) {
        this.#address = null;
        const { port } = await this.#door.listen(address);
        await engine.openDoor({ address, port }, signal);
        this.#address = address;
      }
      this.#problem = null;
    } catch (error) {
      if (end.aborted) return;
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#problem) logger.error({ event: "door", err: error }, "the instance door is shut");
      this.#problem = problem;
    }
  }

  close(): void {
    this.#door.close();
  }

  /** For the doctor. */
  finding(): Finding {
    if (this.#problem === null) {
      return { name: NAME, status: "ok", detail: "services with an instance role get credentials" };
    }
    return {
      name: NAME,
      status: "warning",
      detail: `services with an instance role get no credentials: ${this.#problem}`,
      remedy:
        "See the control plane's log; the door needs iptables and the instances' bridge on this machine",
    };
  }
}
