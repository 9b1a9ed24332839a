/**
 * Of which services somebody may be told that they changed: those that they may describe. Decisions are kept for some seconds,
 * for a deployment changes something many times a second.
 */
import type { AccountScope } from "../../domain/arn.ts";
import type { Principal } from "../../domain/identity.ts";
import type { Authorizer } from "../../ports/authorizer.ts";
import type { Store } from "../../ports/store.ts";
import { contextOf } from "../authorization/call-context.ts";
import { tagsOfResource } from "../authorization/resource-tags.ts";
import type { RequestHead } from "../sigv4/signed-request.ts";
import type { Topic } from "./live-topics.ts";

export interface LiveRightsOptions {
  readonly authorizer: Pick<Authorizer, "decide">;
  readonly store: Pick<Store, "services" | "tags" | "secrets" | "parameters" | "encryptionKeys">;
  readonly scope: AccountScope;
  readonly now: () => number;
}

export interface Viewer {
  readonly principal: Principal;
  readonly head: Pick<RequestHead, "rawHeaders" | "sourceAddress">;
}

const KEPT_MS = 15_000;
const DESCRIBE = "apprunner:DescribeService";
const LIST = "apprunner:ListServices";

export class LiveRights {
  readonly #viewer: Viewer;
  readonly #options: LiveRightsOptions;
  readonly #decisions = new Map<string, boolean>();
  #decidedAtMs = 0;

  constructor(viewer: Viewer, options: LiveRightsOptions) {
    this.#viewer = viewer;
    this.#options = options;
  }

  async mayBeTold({ name, serviceId }: Topic): Promise<boolean> {
    if (serviceId === null) return !/^services\b/.test(name) || this.#may(LIST, "*");
    const service = await this.#options.store.services.get(serviceId);
    return service !== null && this.#may(DESCRIBE, service.arn);
  }

  async #may(action: string, resource: string): Promise<boolean> {
    const nowMs = this.#options.now();
    if (Math.abs(nowMs - this.#decidedAtMs) > KEPT_MS) {
      this.#decisions.clear();
      this.#decidedAtMs = nowMs;
    }
    const known = this.#decisions.get(resource);
    if (known !== undefined) return known;
    const isAllowed = await this.#decide(action, resource);
    this.#decisions.set(resource, isAllowed);
    return isAllowed;
  }

  async #decide(action: string, resource: string): Promise<boolean> {
    const { authorizer, store, scope, now } = this.#options;
    const { principal, head } = this.#viewer;
    const value = resource === "*" ? {} : { ServiceArn: resource };
    const { isAllowed } = await authorizer.decide({
      principal,
      action,
      resource,
      context: contextOf({ operation: { action }, value, head, nowMs: now(), region: scope.region }),
      resourceTags: () => tagsOfResource(resource, { store, scope }),
    });
    return isAllowed;
  }
}
