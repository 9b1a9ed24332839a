/**
 * WebSockets of which one side has gone and the other stays: App Runner's operations do not wait for the silence of an hour
 * that a tunnel is allowed, nor for the two minutes that requests in flight get.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { PauseServiceCommand, ResumeServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, QUICK_HTTP, sdk, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const START_COMMAND = "/node /app/server.js";
/** Far above the 5 s a half-closed tunnel gets, far below the time for requests in flight. */
const PROMPT_MS = 45_000;
/** A masked close frame: the application ends its side then. */
const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

let slipway: Installation;
let images: TestImages;
const tunnels: Socket[] = [];

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  for (const tunnel of tunnels) tunnel.destroy();
  await slipway.remove();
  await images.remove();
});

/** A tunnel that stays open on our side until the end of the test, whatever the other side does. */
async function openTunnel(host: string): Promise<Socket> {
  const tunnel = connect({ port: slipway.edgePort, host: "127.0.0.1", allowHalfOpen: true });
  tunnels.push(tunnel);
  tunnel.on("error", () => tunnel.destroy());
  tunnel.write(
    `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const [answer] = (await once(tunnel, "data")) as [Buffer];
  expect(answer.toString("latin1")).toMatch(/^HTTP\/1\.1 101 /);
  return tunnel;
}

/** One whose client sent its last byte, and one whose instance did; both keep their other half. */
async function stick(host: string): Promise<void> {
  (await openTunnel(host)).end();
  const left = await openTunnel(host);
  const ended = once(left, "end");
  left.write(CLOSE_FRAME);
  await ended;
}

async function mustBePrompt(act: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await act();
  expect(performance.now() - startMs).toBeLessThan(PROMPT_MS);
}

describe("tunnels of which one side has gone", () => {
  it("hold up neither a deployment nor pause, resume and deletion", async () => {
    const { ServiceArn } = await createService(slipway, {
      name: "half-closed",
      image: images.app,
      startCommand: START_COMMAND,
      healthCheck: QUICK_HTTP,
    });
    const { ServiceUrl: host, ServiceArn: arn } = await waitForStatus(slipway, ServiceArn, "RUNNING");
    const settled = (count: number) =>
      waitFor(async () => (await slipway.containers()).length === count, {
        timeoutMs: PROMPT_MS,
        what: `${count} instances`,
      });

    await stick(host);
    await mustBePrompt(async () => {
      await slipway.aws(["start-deployment", "--service-arn", arn]);
      await waitForStatus(slipway, arn, "RUNNING");
      await settled(1);
    });

    await stick(host);
    await mustBePrompt(async () => {
      await sdk(slipway).send(new PauseServiceCommand({ ServiceArn: arn }));
      await waitForStatus(slipway, arn, "PAUSED");
      await settled(0);
    });

    await sdk(slipway).send(new ResumeServiceCommand({ ServiceArn: arn }));
    await waitForStatus(slipway, arn, "RUNNING");
    expect(await slipway.fetch(host, "/health")).toMatchObject({ status: 200 });

    await stick(host);
    await mustBePrompt(async () => {
      await slipway.aws(["delete-service", "--service-arn", arn]);
      await settled(0);
    });
  });
});
