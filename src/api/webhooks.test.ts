// Deliveries over the real server: what is let in, what is told, and what is refused before it is read.
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aService, makeService } from "./testing/requests.ts";
import { sendRaw } from "./testing/signed-request.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const event = (tag: string) =>
  JSON.stringify({ events: [{ action: "push", target: { repository: "team/web", tag } }] });

let slipway: TestApi;
let serviceArn: string;
let serviceId: string;

beforeEach(async () => {
  slipway = await startTestApi();
  const service = await makeService(slipway, withAutoDeployments());
  serviceArn = service.ServiceArn ?? "";
  serviceId = service.ServiceId ?? "";
});
afterEach(() => slipway.close());

function withAutoDeployments() {
  const { SourceConfiguration: source, ...others } = aService();
  return { ...others, SourceConfiguration: { ...source, AutoDeploymentsEnabled: true } };
}

async function watch(operation: "DescribeSourceWatch" | "RotateWebhookSecret" = "DescribeSourceWatch") {
  const { body } = await callOperation(slipway, `Slipway.${operation}`, { ServiceArn: serviceArn });
  return body["SourceWatch"] as Readonly<Record<string, unknown>>;
}

const deliver = (headers: Readonly<Record<string, string>>, body: string | Buffer, id = serviceId) =>
  sendRaw(slipway.endpoint, {
    method: "POST",
    target: `/webhooks/${id}`,
    headers,
    body: Buffer.from(body),
  });

test("the address and the secret are told, and a delivery with that secret is shown afterwards", async () => {
  const before = await watch();
  expect(before).toMatchObject({
    WebhookUrl: `https://slipway.example.com/webhooks/${serviceId}`,
    WebhookSecret: expect.any(String),
    IsWatched: true,
  });
  const headers = {
    authorization: `Bearer ${String(before["WebhookSecret"])}`,
    "content-type": "application/vnd.docker.distribution.events.v1+json",
  };
  const answer = await deliver(headers, event("1"));
  expect(answer).toMatchObject({ status: 202, headers: { "cache-control": "no-store" } });
  expect(JSON.parse(answer.text)).toEqual({ result: "Looking for a new version." });
  expect(await watch()).toMatchObject({
    WebhookSecret: before["WebhookSecret"],
    LastDeliveryResult: "Looking for a new version.",
    LastDeliveryAt: expect.any(Number),
  });
  expect(JSON.stringify(slipway.log)).not.toContain(before["WebhookSecret"]);
});

test("the signature covers the bytes as they were sent", async () => {
  const secret = String((await watch())["WebhookSecret"]);
  const body = '{"ref" :\t"refs/heads/main"}';
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const headers = { "x-github-event": "push", "x-hub-signature-256": `sha256=${signature}` };
  expect(await deliver({ ...headers, "content-type": "application/json" }, body)).toMatchObject({
    status: 200,
  });
  const other = '{"ref":"refs/heads/main"}';
  expect(await deliver({ ...headers, "content-type": "application/json" }, other)).toMatchObject({
    status: 401,
  });
});

test("a new secret takes the place of the old one", async () => {
  const old = (await watch())["WebhookSecret"];
  const { WebhookSecret: fresh } = await watch("RotateWebhookSecret");
  expect(fresh).not.toBe(old);
  expect((await deliver({ authorization: `Bearer ${String(old)}` }, event("1"))).status).toBe(401);
  expect((await deliver({ authorization: `Bearer ${String(fresh)}` }, event("1"))).status).toBe(202);
});

test("no service, no secret and a wrong secret look the same", async () => {
  const headers = { authorization: "Bearer guess" };
  const noSecretYet = await deliver(headers, event("1"));
  await watch();
  const answers = [
    noSecretYet,
    await deliver(headers, event("1")),
    await deliver(headers, event("1"), "f".repeat(32)),
    await deliver(headers, event("1"), "nobody"),
  ];
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(noSecretYet.status).toBe(401);
});

test("a body above 1 MiB is refused, and the server goes on", async () => {
  const headers = { authorization: "Bearer guess" };
  const answer = await deliver(headers, Buffer.alloc(1024 * 1024 + 1));
  expect(answer.status).toBe(413);
  expect((await deliver(headers, event("1"))).status).toBe(401);
});

test("whoever calls too often waits, and the API goes on meanwhile", async () => {
  const answers = [];
  for (let count = 0; count < 100; count += 1) {
    answers.push(await deliver({ authorization: "Bearer guess" }, ""));
  }
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ headers }) => headers["retry-after"] === "10")).toBe(true);
  expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(60);
  expect(await watch()).toMatchObject({ IsWatched: true });
});

test("a webhook's address answers nothing but POST", async () => {
  const answer = await sendRaw(slipway.endpoint, {
    method: "GET",
    target: `/webhooks/${serviceId}`,
    headers: {},
    body: Buffer.alloc(0),
  });
  expect(answer.status).toBe(404);
});
