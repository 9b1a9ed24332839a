/**
 * Of which services and repositories somebody may be told that they changed: those that they may describe. Decisions are kept for some seconds,
 * for a deployment changes something many times a second.
 */
import type { AccountScope } from "../../domain/arn.ts";
import type { Principal } from "../../domain/identity.ts";
import type { Authorizer } from "../../ports/authorizer.ts";
import type { Store } from "../../ports/store.ts";
import { contextOf } from "../authorization/call-context.ts";
import { tagsOfResource } from "../authorization/resource-tags.ts";
import type { RequestHead } from "../sigv4/signed-request.ts";
import { repositoryArn } from "../authorization/service-rules.ts";
import type { Need, Topic } from "./live-topics.ts";

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

interface Asked {
  readonly action: string;
  readonly resource: string;
  /** The input that a call would have. */
  readonly value: object;
}

const KEPT_MS = 15_000;

export class LiveRights {
  readonly #viewer: Viewer;
  readonly #options: LiveRightsOptions;
  readonly #decisions = new Map<string, boolean>();
  #decidedAtMs = 0;

  constructor(viewer: Viewer, options: LiveRightsOptions) {
    this.#viewer = viewer;
    this.#options = options;
  }

  async mayBeTold({ needs }: Topic): Promise<boolean> {
    if (needs === null) return true;
    const asked = await this.#questionOf(needs);
    return asked !== null && this.#may(asked);
  }

  /** Null: it is not there any more, and who saw it is told by its list. */
  async #questionOf(needs: Need): Promise<Asked | null> {
    const { action } = needs;
    if ("repository" in needs) {
      const { repository } = needs;
      const resource = repositoryArn(repository, this.#options.scope);
      return { action, resource, value: { RepositoryName: repository } };
    }
    if (!("serviceId" in needs)) return { action, resource: "*", value: {} };
    const service = await this.#options.store.services.get(needs.serviceId);
    return service && { action, resource: service.arn, value: { ServiceArn: service.arn } };
  }

  async #may(asked: Asked): Promise<boolean> {
    const nowMs = this.#options.now();
    if (Math.abs(nowMs - this.#decidedAtMs) > KEPT_MS) {
      this.#decisions.clear();
      this.#decidedAtMs = nowMs;
    }
    const key = `${asked.action} ${asked.resource}`;
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    const isAllowed = await this.#decide(asked);
    this.#decisions.set(key, isAllowed);
    return isAllowed;
  }

  async #decide({ action, resource, value }: Asked): Promise<boolean> {
    const { authorizer, store, scope, now } = this.#options;
    const { principal, head } = this.#viewer;
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
