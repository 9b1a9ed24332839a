/** What a service writes and what happens to it can be read: while it runs, after it is gone, and over restarts of ours. */
import { DeleteServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, sdk, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const LINES_EACH = 5_000;

let images: TestImages;
let slipway: Installation;
let service: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
  const { ServiceArn } = await createService(slipway, {
    name: "talkative",
    image: images.app,
    startCommand: "/node /app/server.js",
    environment: { VERSION: "spoken" },
  });
  service = await waitForStatus(slipway, ServiceArn, "RUNNING");
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

const group = (kind: string) => `/aws/apprunner/talkative/${service.ServiceId}/${kind}`;

/** Every line of the stream, read in pages as a client would. */
async function readAll(kind: string, stream: string): Promise<readonly string[]> {
  const messages: string[] = [];
  for (let token: string | undefined; ;) {
    const page = await slipway.client().call("Logs_20140328.GetLogEvents", {
      logGroupName: group(kind),
      logStreamName: stream,
      limit: 1000,
      startFromHead: true,
      ...(token !== undefined && { nextToken: token }),
    });
    messages.push(...page.events.map(({ message }) => message));
    if (page.nextForwardToken === token) return messages;
    token = page.nextForwardToken;
  }
}

/** The same when a line of it has these words. */
function readUntil(kind: string, stream: string, words: string): Promise<readonly string[]> {
  const read = async () => {
    const lines = await readAll(kind, stream);
    return lines.some((line) => line.includes(words)) && lines;
  };
  return waitFor(read, { what: `a line with ${words}`, everyMs: 200 });
}

async function streams(kind: string): Promise<readonly string[]> {
  const { logStreams } = await slipway
    .client()
    .call("Logs_20140328.DescribeLogStreams", { logGroupName: group(kind) });
  return logStreams.map(({ logStreamName }) => logStreamName);
}

async function speak(from: number): Promise<void> {
  const answer = await slipway.fetch(service.ServiceUrl, `/log?lines=${LINES_EACH}&from=${from}`);
  expect(answer.status).toBe(200);
}

describe("logs", () => {
  it("tell the story of a create in App Runner's words", async () => {
    const expected = [
      "[AppRunner] Service creation started.",
      "[AppRunner] Service status is set to OPERATION_IN_PROGRESS.",
      "[AppRunner] Performing health check on protocol `TCP` [Port: '8080'].",
      "[AppRunner] Health check is successful. Routing traffic to application.",
      "[AppRunner] Successfully routed incoming traffic to application.",
      "[AppRunner] Service creation completed successfully.",
      "[AppRunner] Service status is set to RUNNING.",
    ];
    // What is told of an end is written when the end is known to all.
    const events = await readUntil("service", "events", "[AppRunner] Service status is set to RUNNING.");
    expect(events.filter((line) => expected.includes(line))).toEqual(expected);
    expect(await streams("service")).toContainEqual(expect.stringMatching(/^deployment\/[0-9a-f]{32}$/));
  });

  it("hold every line of an instance once, whenever the control plane was killed", async () => {
    const [stream = ""] = await streams("application");
    await speak(1);
    await slipway.kill();
    await speak(LINES_EACH + 1);
    await slipway.start();
    await speak(2 * LINES_EACH + 1);
    await slipway.kill();
    await slipway.start();
    const wanted = Array.from({ length: 3 * LINES_EACH }, (_, index) => `line ${index + 1}`);
    const read = await waitFor(
      async () => {
        const lines = (await readAll("application", stream)).filter((line) => line.startsWith("line "));
        return lines.length >= wanted.length && lines;
      },
      { what: "all lines", everyMs: 500 },
    );
    expect(read).toEqual(wanted);
  });

  it("are followed by `slipway logs`, and outlive the service", async () => {
    expect(await slipway.slipway(["logs", "talkative", "-n", "3"])).toContain(`line ${3 * LINES_EACH}`);
    await sdk(slipway).send(new DeleteServiceCommand({ ServiceArn: service.ServiceArn }));
    await waitForStatus(slipway, service.ServiceArn, "DELETED");
    const [stream = ""] = await streams("application");
    const lines = await readUntil("application", stream, "SIGTERM");
    expect(lines).toContain(`line ${3 * LINES_EACH}`);
    await readUntil("service", "events", "[AppRunner] Service deletion completed successfully.");
  });
});
