// Deliveries as each host sends them, against the real store and the real vault.
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebhookReply, WebhookRequest } from "../../ports/source-watching.ts";
import { SealedVault } from "../../secrets/sealed-vault.ts";
import { StoredSourceWatching } from "../watch/stored-source-watching.ts";
import { WatchWorld } from "../watch/testing/watch-world.ts";
import { WatchRecords } from "../watch/watch-records.ts";
import { SignedWebhooks } from "./signed-webhooks.ts";

let world: WatchWorld;
let webhooks: SignedWebhooks;
let watching: StoredSourceWatching;
let wakes: number;

beforeEach(async () => {
  world = await WatchWorld.open();
  wakes = 0;
  const { store, records, clock } = world;
  watching = new StoredSourceWatching({ store, records });
  webhooks = new SignedWebhooks({
    store,
    records,
    clock,
    registry: {
      locate: (image) => ({
        image: image.registry === "docker.io" ? { ...image, repository: "mirror/web" } : image,
      }),
    },
    wake: () => void (wakes += 1),
    onError: (error) => world.errors.push(error),
  });
});
afterEach(async () => {
  await world.close();
  if (world.errors.length > 0) throw new AggregateError(world.errors, "reported");
});

const secretOf = async (serviceId: string) => (await watching.describe(serviceId)).webhookSecret;
const hmac = (secret: string, body: string) => createHmac("sha256", secret).update(body).digest("hex");
const receive = (
  serviceId: string,
  headers: WebhookRequest["headers"],
  body: string,
): Promise<WebhookReply> => webhooks.receive({ serviceId, headers, body: Buffer.from(body) });

interface Delivery {
  readonly secret: string;
  readonly body: string;
  readonly event?: string;
  readonly id?: string;
}

const HOSTS = {
  GitHub: ({ secret, body, event = "push", id = "72d3162e-cc78-11e3-81ab-4c9367dc0958" }: Delivery) => ({
    "x-github-event": event,
    "x-github-delivery": id,
    "x-hub-signature-256": `sha256=${hmac(secret, body)}`,
  }),
  Gitea: ({ secret, body, event = "push", id = "f6266f16-1bf3-46a5-9ea4-602e06ead473" }: Delivery) => ({
    "x-gitea-event": event,
    "x-gitea-delivery": id,
    "x-gitea-signature": hmac(secret, body),
    "x-github-event": event,
    "x-github-delivery": id,
    "x-hub-signature-256": "sha256=of-something-else",
  }),
  GitLab: ({ secret, event = "Push Hook", id = "4e1d9b0a-5e0f-4c43-9b2e-3a4f1c2b7a11" }: Delivery) => ({
    "x-gitlab-event": event,
    "idempotency-key": id,
    "x-gitlab-token": secret,
  }),
  Bitbucket: ({
    secret,
    body,
    event = "repo:push",
    id = "ebf9c9b2-9f6f-4a2a-8fd5-6f2d8a2e1c11",
  }: Delivery) => ({
    "x-event-key": event,
    "x-request-uuid": id,
    "x-hub-signature": `sha256=${hmac(secret, body)}`,
  }),
} as const satisfies Record<string, (delivery: Delivery) => WebhookRequest["headers"]>;

const hosts = Object.keys(HOSTS) as (keyof typeof HOSTS)[];

function pushTo(host: keyof typeof HOSTS, branch: string): string {
  if (host !== "Bitbucket") return JSON.stringify({ ref: `refs/heads/${branch}`, after: "b".repeat(40) });
  return JSON.stringify({ push: { changes: [{ new: { type: "branch", name: branch }, old: null }] } });
}

describe.each(hosts)("A push of %s", (host) => {
  const deliver = async (id: string, branch: string, change: Partial<Delivery> = {}) => {
    const body = change.body ?? pushTo(host, branch);
    return receive(id, HOSTS[host]({ secret: await secretOf(id), ...change, body }), body);
  };

  it("to the service's branch makes us look, and is remembered", async () => {
    const { id } = await world.aCodeService();
    expect(await deliver(id, "main")).toEqual({ status: 202, result: "Looking for a new version." });
    expect(await world.watch(id)).toMatchObject({
      poke: { by: "webhook", count: 1 },
      delivery: { atMs: world.clock.now(), result: "Looking for a new version." },
    });
    expect(wakes).toBe(1);
  });

  it("to another branch is ignored, and says so", async () => {
    const { id } = await world.aCodeService();
    expect(await deliver(id, "dev")).toEqual({
      status: 200,
      result: "Ignored: nothing was pushed to the branch main but to dev.",
    });
    expect(await world.watch(id)).not.toHaveProperty("poke");
    expect(wakes).toBe(0);
  });

  it("counts once, however often it is sent", async () => {
    const { id } = await world.aCodeService();
    const all = await Promise.all([1, 2, 3].map(() => deliver(id, "main")));
    expect(all.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 200, 202]));
    expect(all.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(await world.watch(id)).toMatchObject({ poke: { count: 1 } });
    expect(wakes).toBe(1);
  });

  it("with a wrong secret is refused in the very words a stranger gets", async () => {
    const { id } = await world.aCodeService();
    await secretOf(id);
    const wrong = await deliver(id, "main", { secret: "guess" });
    expect(wrong.status).toBe(401);
    const body = pushTo(host, "main");
    const headers = HOSTS[host]({ secret: "guess", body });
    for (const nobody of ["f".repeat(32), "no id at all", "../../etc"]) {
      expect(await receive(nobody, headers, body)).toEqual(wrong);
    }
    expect(await receive(id, {}, body)).toEqual(wrong);
    expect(await world.watch(id)).toMatchObject({ delivery: null, deliveryIds: [] });
  });

  it("that is no JSON is answered 400, and remembered", async () => {
    const { id } = await world.aCodeService();
    expect(await deliver(id, "main", { body: "}{" })).toMatchObject({ status: 400 });
    expect(await world.watch(id)).toMatchObject({ delivery: { result: expect.stringContaining(host) } });
    for (const body of ["null", "[]", '{"ref":7}', '{"push":{"changes":7}}']) {
      expect(await deliver(id, "main", { body, id: `delivery ${body}` })).toMatchObject({ status: 400 });
    }
  });
});

describe("A delivery", () => {
  const deliver = async (id: string, body: string, change: Partial<Delivery> = {}) =>
    receive(id, HOSTS.GitHub({ secret: await secretOf(id), ...change, body }), body);

  it("signed over another body is refused", async () => {
    const { id } = await world.aCodeService();
    const headers = HOSTS.GitHub({ secret: await secretOf(id), body: pushTo("GitHub", "main") });
    expect(await receive(id, headers, pushTo("GitHub", "dev"))).toMatchObject({ status: 401 });
  });

  it("with a signature that is there twice is refused", async () => {
    const { id } = await world.aCodeService();
    const body = pushTo("GitHub", "main");
    const headers = HOSTS.GitHub({ secret: await secretOf(id), body });
    const signature = headers["x-hub-signature-256"];
    const twice = { ...headers, "x-hub-signature-256": [signature, signature] };
    expect(await receive(id, twice, body)).toMatchObject({ status: 401 });
  });

  it("that is a ping says that the secret fits", async () => {
    const { id } = await world.aCodeService();
    const answer = await deliver(id, "{}", { event: "ping" });
    expect(answer).toEqual({ status: 200, result: "Ping received: the secret fits." });
    expect(await watching.describe(id)).toMatchObject({ watch: { delivery: { result: answer.result } } });
  });

  it("as a form is read like one as JSON", async () => {
    const { id } = await world.aCodeService();
    const body = new URLSearchParams({ payload: pushTo("GitHub", "main") }).toString();
    const headers = {
      ...HOSTS.GitHub({ secret: await secretOf(id), body }),
      "content-type": "application/x-www-form-urlencoded",
    };
    expect(await receive(id, headers, body)).toMatchObject({ status: 202 });
  });

  it("of a tag, or of something that is no push, is ignored", async () => {
    const { id } = await world.aCodeService();
    expect(await deliver(id, '{"ref":"refs/tags/main"}')).toMatchObject({ status: 200 });
    expect(await deliver(id, "{}", { event: "issues\u001b[31m", id: "another-delivery" })).toEqual({
      status: 200,
      result: "Ignored: the event issues?[31m is no push.",
    });
    expect(wakes).toBe(0);
  });

  it("without an id is known by its body", async () => {
    const { id } = await world.aCodeService();
    const body = pushTo("GitLab", "main");
    const headers = { "x-gitlab-event": "Push Hook", "x-gitlab-token": await secretOf(id) };
    expect((await receive(id, headers, body)).status).toBe(202);
    expect((await receive(id, headers, body)).result).toContain("seen before");
    expect((await receive(id, headers, `${body} `)).status).toBe(202);
  });

  it("is forgotten after fifty others", async () => {
    const { id } = await world.aCodeService();
    const body = pushTo("GitHub", "dev");
    for (let count = 0; count < 60; count += 1) await deliver(id, body, { id: `delivery-${count}` });
    expect((await world.watch(id)).deliveryIds).toHaveLength(50);
  });

  it("for a service that is not followed says why", async () => {
    const { id } = await world.aCodeService();
    const body = pushTo("GitHub", "main");
    await world.setStatus(id, "PAUSED");
    expect((await deliver(id, body)).result).toBe("Ignored: the service is PAUSED.");
    const service = await world.service(id);
    const configuration = { ...service.configuration, autoDeploymentsEnabled: false };
    await world.store.services.save({ ...service, configuration });
    expect((await deliver(id, body, { id: "another-delivery" })).result).toContain("deployments are off");
    await world.setStatus(id, "DELETED");
    expect((await deliver(id, body, { id: "a-third-delivery" })).status).toBe(401);
    expect(wakes).toBe(0);
  });

  it("waits in the record while an operation runs", async () => {
    const { id } = await world.aCodeService();
    await world.setStatus(id, "OPERATION_IN_PROGRESS");
    expect((await deliver(id, pushTo("GitHub", "main"))).status).toBe(202);
    expect(await world.watch(id)).toMatchObject({ poke: { count: 1 } });
  });

  it("signed with the secret of another service is refused", async () => {
    const { id } = await world.aCodeService();
    const other = await world.aCodeService();
    const secret = await secretOf(other.id);
    await secretOf(id);
    expect(await deliver(id, pushTo("GitHub", "main"), { secret })).toMatchObject({ status: 401 });
  });
});

describe("A registry's notification", () => {
  const IMAGE = "registry.example.com:5000/team/web:1";
  const pushOf = (...targets: readonly { readonly repository: string; readonly tag?: string }[]) =>
    JSON.stringify({ events: targets.map((target) => ({ id: "e1", action: "push", target })) });
  const notify = async (id: string, body: string, secret?: string) =>
    receive(id, { authorization: `Bearer ${secret ?? (await secretOf(id))}` }, body);

  it("of the service's tag makes us look", async () => {
    const { id } = await world.anImageService(IMAGE);
    const body = pushOf({ repository: "team/web" }, { repository: "team/web", tag: "1" });
    expect(await notify(id, body)).toMatchObject({ status: 202 });
    expect(await notify(id, body)).toMatchObject({ result: "Ignored: this delivery was seen before." });
    expect(wakes).toBe(1);
  });

  it("of the place that a name is mapped to makes us look, and of no tag means latest", async () => {
    const { id } = await world.anImageService("web");
    expect(await notify(id, pushOf({ repository: "mirror/web", tag: "latest" }))).toMatchObject({
      status: 202,
    });
  });

  it.each([
    ["another tag", { repository: "team/web", tag: "2" }],
    ["another repository", { repository: "team/website", tag: "1" }],
    ["a layer", { repository: "team/web" }],
  ])("of %s is ignored", async (_name, target) => {
    const { id } = await world.anImageService(IMAGE);
    expect(await notify(id, pushOf(target))).toEqual({
      status: 200,
      result: "Ignored: another image than team/web:1 was pushed.",
    });
  });

  it("of a pull is ignored, and one with a wrong secret is refused", async () => {
    const { id } = await world.anImageService(IMAGE);
    const pull = JSON.stringify({
      events: [{ action: "pull", target: { repository: "team/web", tag: "1" } }],
    });
    expect(await notify(id, pull)).toMatchObject({ status: 200 });
    expect(await notify(id, pushOf({ repository: "team/web", tag: "1" }), "guess")).toMatchObject({
      status: 401,
    });
    expect(wakes).toBe(0);
  });

  it("does not fit a service from source code, nor a push one that runs an image", async () => {
    const code = await world.aCodeService();
    expect((await notify(code.id, pushOf({ repository: "team/web", tag: "1" }))).result).toContain(
      "source code",
    );
    const image = await world.anImageService(IMAGE);
    const secret = await secretOf(image.id);
    const body = pushTo("GitHub", "main");
    expect((await receive(image.id, HOSTS.GitHub({ secret, body }), body)).result).toContain("runs an image");
    const event = HOSTS.GitHub({ secret, body, event: "registry_package", id: "another-delivery" });
    expect(await receive(image.id, event, body)).toMatchObject({ status: 202 });
  });
});

describe("The secret of a webhook", () => {
  it("is made at first need, stays, lies sealed, and is another one for each service", async () => {
    const { id } = await world.aCodeService();
    const secret = await secretOf(id);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(await secretOf(id)).toBe(secret);
    expect(JSON.stringify(await world.watch(id))).not.toContain(secret);
    expect(await secretOf((await world.aCodeService()).id)).not.toBe(secret);
  });

  it("is refused once there is a new one", async () => {
    const { id } = await world.aCodeService();
    const old = await secretOf(id);
    const { webhookSecret } = await watching.rotateSecret(id);
    expect(webhookSecret).not.toBe(old);
    const body = pushTo("GitHub", "main");
    expect(await receive(id, HOSTS.GitHub({ secret: old, body }), body)).toMatchObject({ status: 401 });
    const good = HOSTS.GitHub({ secret: webhookSecret, body });
    expect(await receive(id, good, body)).toMatchObject({ status: 202 });
  });

  it("that was sealed under a master key that is lost refuses everybody, and is made anew when asked for", async () => {
    const { id } = await world.aCodeService();
    const records = new WatchRecords({ store: world.store, vault: new SealedVault(Buffer.alloc(32, 7)) });
    await records.newSecret(id);
    const body = pushTo("GitHub", "main");
    expect(await receive(id, HOSTS.GitHub({ secret: "", body }), body)).toMatchObject({ status: 401 });
    const secret = await secretOf(id);
    expect(await receive(id, HOSTS.GitHub({ secret, body }), body)).toMatchObject({ status: 202 });
  });
});
