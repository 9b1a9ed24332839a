/**
 * A service's whole life with a control plane that is killed in it: every event is listed once, and reaches a receiver that
 * verifies signatures at least once, while another endpoint hangs. That this holds at each step is proven where it is fast,
 * in `src/operations/crash.test.ts`.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  DeleteServiceCommand,
  PauseServiceCommand,
  ResumeServiceCommand,
  StartDeploymentCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createService,
  QUICK_HTTP,
  sdk,
  type ServiceView,
  sourceConfiguration,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const SCENARIO_MS = 360_000;
const CRASH_MS = 60_000;

interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly "detail-type": string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

const directory = mkdtempSync(join(tmpdir(), "slipway-events-"));
const crashStepFile = join(directory, "step");

let images: TestImages;
let slipway: Installation;
let receiver: Server;
let hanging: Server;
let secret = "";
const received: Envelope[] = [];
const unverified: string[] = [];

beforeAll(async () => {
  images = await buildTestImages();
  writeFileSync(crashStepFile, "");
  slipway = await Installation.create({
    program: "test/support/crashing-serve",
    env: { SLIPWAY_EVENT_PRIVATE_TARGETS: "true", CRASH_STEP_FILE: crashStepFile },
  });
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      if (!isSigned(request.headers, body)) unverified.push(body);
      const envelope = JSON.parse(body) as Envelope;
      received.push(envelope);
      return response.writeHead(204).end();
    });
  });
  hanging = createServer(() => undefined);
  await slipway.start();
}, SCENARIO_MS);

afterAll(async () => {
  for (const server of [receiver, hanging]) {
    server.closeAllConnections();
    server.close();
  }
  await slipway.remove();
  await images.remove();
  rmSync(directory, { recursive: true });
});

/** As the Standard Webhooks scheme says, with nothing of ours. */
function isSigned(headers: IncomingHttpHeaders, body: string): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const digest = createHmac("sha256", key).update(signed).digest("base64");
  const isFresh = Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000) < 60;
  return isFresh && String(headers["webhook-signature"]).split(" ").includes(`v1,${digest}`);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** Does it while the control plane dies at the step, and goes on with another one. */
async function crashing<Result>(step: string, act: () => Promise<Result>): Promise<Result> {
  writeFileSync(crashStepFile, step);
  const result = await act();
  const exit = await Promise.race([
    slipway.waitForExit(),
    new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error(`it did not die at ${step}`)), CRASH_MS).unref();
    }),
  ]);
  expect(exit.signal).toBe("SIGKILL");
  writeFileSync(crashStepFile, "");
  await slipway.start();
  return result;
}

async function listed(): Promise<readonly Envelope[]> {
  const { Events } = await slipway.client().call("Slipway.ListEvents", {});
  return Events.toReversed().map((event) => ({
    id: event.Id,
    source: event.Source,
    "detail-type": event.DetailType,
    resources: event.Resources,
    detail: JSON.parse(event.Detail) as Envelope["detail"],
  }));
}

const wordOf = ({ detail }: Envelope) =>
  detail["operationStatus"] ?? detail["currentServiceStatus"] ?? detail["health"] ?? detail["reason"];

it(
  "every event of a service's life is listed once and delivered",
  async () => {
    const client = () => slipway.client();
    const made = await client().call("Slipway.CreateEventDestination", {
      Name: "ops",
      Url: await listen(receiver),
    });
    secret = made.Secret;
    await client().call("Slipway.CreateEventDestination", { Name: "hangs", Url: await listen(hanging) });
    await slipway.slipway(["destinations", "test", "ops"]);
    expect(received.splice(0)).toMatchObject([{ "detail-type": "Slipway Destination Test" }]);

    const request = { name: "shop", image: images.app, healthCheck: QUICK_HTTP };
    const running = (service: ServiceView) => waitForStatus(slipway, service.ServiceArn, "RUNNING");
    let service = await crashing("startInstance:done", () => createService(slipway, request));
    const { ServiceArn } = service;
    service = await running(service);
    await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn }));
    await running(service);
    const broken = sourceConfiguration({ ...request, environment: { EXIT_CODE_AT_START: "3" } });
    await crashing("failOperation:done", () =>
      sdk(slipway).send(new UpdateServiceCommand({ ServiceArn, SourceConfiguration: broken })),
    );
    await running(service);
    await slipway.fetch(service.ServiceUrl, "/exit?code=7");
    await waitFor(async () => (await listed()).some(({ detail }) => detail["exitCode"] === 7), {
      what: "the event of the crash",
    });
    await waitFor(async () => (await slipway.fetch(service.ServiceUrl)).status === 200, {
      what: "an answer",
    });
    await sdk(slipway).send(new PauseServiceCommand({ ServiceArn }));
    await waitForStatus(slipway, ServiceArn, "PAUSED");
    await sdk(slipway).send(new ResumeServiceCommand({ ServiceArn }));
    await running(service);
    await crashing("finishOperation:done", () => sdk(slipway).send(new DeleteServiceCommand({ ServiceArn })));

    const events = await waitFor(
      async () => {
        const all = await listed();
        return all.at(-1)?.detail["currentServiceStatus"] === "DELETED" && all;
      },
      { what: "the end of the service" },
    );
    const isOf = (source: string) => (event: Envelope) => event.source === source;
    expect(events.filter(isOf("aws.apprunner")).map(wordOf)).toEqual([
      "CreateServiceStarted",
      "OPERATION_IN_PROGRESS",
      "CreateServiceCompletedSuccessfully",
      "RUNNING",
      "DeploymentStarted",
      "OPERATION_IN_PROGRESS",
      "DeploymentCompletedSuccessfully",
      "RUNNING",
      "UpdateServiceStarted",
      "OPERATION_IN_PROGRESS",
      "UpdateServiceFailed",
      "RUNNING",
      "PauseServiceStarted",
      "OPERATION_IN_PROGRESS",
      "PauseServiceCompletedSuccessfully",
      "PAUSED",
      "ResumeServiceStarted",
      "OPERATION_IN_PROGRESS",
      "ResumeServiceCompletedSuccessfully",
      "RUNNING",
      "DeleteServiceStarted",
      "OPERATION_IN_PROGRESS",
      "DeleteServiceCompletedSuccessfully",
      "DELETED",
    ]);
    // When the one before has gone depends on its connections.
    const ends = events.filter(isOf("slipway")).map(wordOf);
    expect(ends.map(String).sort()).toEqual(["deleted", "exited", "exited", "paused", "superseded"]);
    expect(events.find(({ detail }) => detail["operationStatus"] === "UpdateServiceFailed")).toMatchObject({
      source: "aws.apprunner",
      resources: [ServiceArn],
      detail: { serviceName: "shop", rollback: "SUCCEEDED", failureClass: "exit-code", exitCode: 3 },
    });
    await waitFor(() => events.every(({ id }) => received.some((one) => one.id === id)), {
      what: "all events at the receiver",
    });
    const firsts = [...new Set(received.map(({ id }) => id))];
    expect(firsts).toEqual(events.map(({ id }) => id));
    expect(unverified).toEqual([]);

    const { PendingDeliveries } = await client().call("Slipway.DescribeEventDestination", { Name: "hangs" });
    expect(PendingDeliveries.length).toBe(20);
    expect(await slipway.slipway(["events", "--severity", "ERROR"])).toMatch(
      /ERROR shop Service update failed\. .*exit code 3/,
    );
  },
  SCENARIO_MS,
);
