/**
 * Deliveries of webhooks. Anybody can send one, so: nothing is believed without the service's secret, an unknown service
 * and a wrong signature are answered alike, no delivery counts twice, and a payload only makes us look: what is deployed
 * is always asked from the source itself.
 */
import { randomBytes } from "node:crypto";
import { parseImageReference } from "../../domain/image-reference.ts";
import type { Service } from "../../domain/service.ts";
import type { SourceWatch } from "../../domain/source-watch.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RegistryDirectory } from "../../ports/registry-directory.ts";
import type { WebhookReceiver, WebhookReply, WebhookRequest } from "../../ports/source-watching.ts";
import type { Store } from "../../ports/store.ts";
import { isFollowed } from "../watch/next-check.ts";
import { poked, type WatchRecords } from "../watch/watch-records.ts";
import { isPushOf, type Pushed, readPushed, shown } from "./pushed.ts";
import { deliveryId, type Sender, senderOf } from "./sender.ts";

/** More than a host sends again within its hours of trying. */
const DELIVERIES_KEPT = 50;
const SERVICE_ID = /^[0-9a-f]{32}$/;
const STRANGER: WebhookReply = {
  status: 401,
  result: "There is no such webhook, or the signature does not fit its secret.",
};

interface Parts {
  readonly store: Pick<Store, "services">;
  readonly records: WatchRecords;
  readonly registry: RegistryDirectory;
  readonly clock: Pick<Clock, "now">;
  /** Called after a poke was written. */
  readonly wake: () => void;
  readonly onError: (error: unknown) => void;
}

type Ping = Pushed & { readonly kind: "ping" };

/** What comes of a delivery. */
interface Decision {
  readonly status: number;
  readonly result: string;
  readonly isPoke: boolean;
}

export class SignedWebhooks implements WebhookReceiver {
  readonly #parts: Parts;
  /** Strangers are compared with something too: the time must not tell them apart. */
  readonly #decoy = randomBytes(32).toString("base64url");

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async receive(request: WebhookRequest): Promise<WebhookReply> {
    try {
      return await this.#receive(request);
    } catch (error) {
      this.#parts.onError(error);
      return { status: 503, result: "The delivery could not be recorded. Send it again later." };
    }
  }

  async #receive(request: WebhookRequest): Promise<WebhookReply> {
    const target = await this.#find(request.serviceId);
    const sender = senderOf(request.headers);
    if (sender === undefined) return STRANGER;
    const isGenuine = sender.isGenuine(request, target?.secret ?? this.#decoy);
    if (target === null || !isGenuine) return STRANGER;
    const decision = this.#decide(target.service, sender, request);
    return this.#record(target.service.id, deliveryId(sender, request), decision);
  }

  async #find(serviceId: string): Promise<{ readonly service: Service; readonly secret: string } | null> {
    if (!SERVICE_ID.test(serviceId)) return null;
    const service = await this.#parts.store.services.get(serviceId);
    const watch = await this.#parts.records.find(serviceId);
    const secret = watch === null ? null : this.#parts.records.secretOf(watch);
    if (service === null || service.status === "DELETED" || secret === null) return null;
    return { service, secret };
  }

  #decide(service: Service, sender: Sender, request: WebhookRequest): Decision {
    const pushed = readPushed(sender, request);
    if (pushed === null) {
      return {
        status: 400,
        result: `The body is not what ${sender.name} sends with this event.`,
        isPoke: false,
      };
    }
    if (pushed.kind === "ping") return ignored("Ping received: the secret fits.");
    const problem = unfollowed(service) ?? this.#mismatch(service, pushed);
    if (problem !== null) return ignored(`Ignored: ${problem}.`);
    return { status: 202, result: "Looking for a new version.", isPoke: true };
  }

  #mismatch({ configuration: { source } }: Service, pushed: Exclude<Pushed, Ping>): string | null {
    if (pushed.kind === "other") return `the event ${pushed.event} is no push`;
    if (source.kind === "code") {
      if (pushed.kind !== "branches") return "the service is built from source code, and an image was pushed";
      if (pushed.branches.includes(source.branch)) return null;
      const named = pushed.branches.slice(0, 3).map(shown).join(", ");
      return `nothing was pushed to the branch ${source.branch}${named === "" ? "" : ` but to ${named}`}`;
    }
    if (pushed.kind === "package") return null;
    if (pushed.kind === "branches") return "the service runs an image, and source code was pushed";
    const { image } = this.#parts.registry.locate(
      parseImageReference(source.imageIdentifier, "ImageIdentifier"),
      null,
    );
    if (pushed.images.some((one) => isPushOf(image, one))) return null;
    return `another image than ${image.repository}:${image.tag ?? "latest"} was pushed`;
  }

  async #record(serviceId: string, id: string, decision: Decision): Promise<WebhookReply> {
    let isRepeated = false;
    await this.#parts.records.change(serviceId, (present) => {
      isRepeated = present.deliveryIds.includes(id);
      return isRepeated ? present : this.#delivered(present, id, decision);
    });
    if (isRepeated) return { status: 200, result: "Ignored: this delivery was seen before." };
    if (decision.isPoke) this.#parts.wake();
    return { status: decision.status, result: decision.result };
  }

  #delivered(present: SourceWatch, id: string, { result, isPoke }: Decision): SourceWatch {
    const delivered = {
      ...present,
      delivery: { id, atMs: this.#parts.clock.now(), result },
      deliveryIds: [id, ...present.deliveryIds].slice(0, DELIVERIES_KEPT),
    };
    return isPoke ? poked(delivered, "webhook") : delivered;
  }
}

function unfollowed(service: Service): string | null {
  if (isFollowed(service)) return null;
  if (!service.configuration.autoDeploymentsEnabled) return "automatic deployments are off for this service";
  if (service.status === "PAUSED" || service.status === "CREATE_FAILED")
    return `the service is ${service.status}`;
  return "the image is named by its digest, which stays the same";
}

function ignored(result: string): Decision {
  return { status: 200, result, isPoke: false };
}
