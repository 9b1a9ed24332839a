/** AWS's own clients read the logs of a service: the command line, boto3 and the JavaScript SDK. And what lasts, lasts. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { DeleteServiceCommand, UpdateServiceCommand } from "@aws-sdk/client-apprunner";
import {
  CloudWatchLogsClient,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
  paginateGetLogEvents,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { COMMAND, Installation } from "../support/installation.ts";
import {
  createService,
  describeOperation,
  sdk,
  type ServiceView,
  sourceConfiguration,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
const AWS_CLI = "/usr/bin/aws";
const PYTHON = "/usr/bin/python3";
const PLAIN = 300;
const OBJECTS = 200;

let images: TestImages;
let slipway: Installation;
let service: ServiceView;
let logs: CloudWatchLogsClient;
let group: string;
let stream: string;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
  const { ServiceArn } = await createService(slipway, {
    name: "chatty",
    image: images.app,
    startCommand: "/node /app/server.js",
    environment: { VERSION: "spoken" },
  });
  service = await waitForStatus(slipway, ServiceArn, "RUNNING");
  group = `/aws/apprunner/chatty/${service.ServiceId}/application`;
  logs = new CloudWatchLogsClient({
    endpoint: `http://127.0.0.1:${slipway.apiPort}`,
    region: "us-east-1",
    maxAttempts: 1,
    disableHostPrefix: true,
    credentials: slipway.credentials(),
  });
  await speak(`lines=${PLAIN}`);
  await speak(`lines=${OBJECTS}&json`);
  await waitForLines(String.raw`{ $.n = ${OBJECTS} }`, 1);
  const { logStreams } = await slipway
    .client()
    .call("Logs_20140328.DescribeLogStreams", { logGroupName: group });
  stream = logStreams[0]?.logStreamName ?? "";
});

afterAll(async () => {
  logs.destroy();
  await slipway.remove();
  await images.remove();
});

async function speak(query: string): Promise<void> {
  const answer = await slipway.fetch(service.ServiceUrl, `/log?${query}`);
  expect(answer.status).toBe(200);
}

/** All messages of the group that a pattern wants. */
async function found(filterPattern: string): Promise<readonly string[]> {
  const messages: string[] = [];
  for await (const page of paginateFilterLogEvents(
    { client: logs },
    { logGroupName: group, filterPattern },
  )) {
    messages.push(...(page.events ?? []).map(({ message = "" }) => message));
  }
  return messages;
}

async function waitForLines(pattern: string, count: number): Promise<readonly string[]> {
  return waitFor(
    async () => {
      const lines = await found(pattern);
      return lines.length >= count && lines;
    },
    { what: `${count} lines of ${pattern}`, everyMs: 250 },
  );
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

interface Events {
  readonly events: readonly { readonly message: string; readonly logStreamName?: string }[];
  readonly nextForwardToken?: string;
}

const aws = <Output = Record<string, never>>(...args: readonly string[]) =>
  slipway.awsOf<Output>("logs", args);
const messagesOf = ({ events }: Events) => events.map(({ message }) => message);

describe("the AWS command line", () => {
  it("lists groups and streams", async () => {
    const { logGroups } = await aws<{ logGroups: readonly { logGroupName: string; arn: string }[] }>(
      "describe-log-groups",
      "--log-group-name-prefix",
      "/aws/apprunner/chatty",
    );
    expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual([
      group,
      group.replace("/application", "/service"),
    ]);
    expect(logGroups[0]?.arn).toBe(`arn:aws:logs:us-east-1:000000000000:log-group:${group}:*`);
    const { logStreams } = await aws<{ logStreams: readonly { logStreamName: string }[] }>(
      "describe-log-streams",
      "--log-group-name",
      group.replace("/application", "/service"),
      "--order-by",
      "LastEventTime",
      "--descending",
    );
    const names = logStreams.map(({ logStreamName }) => logStreamName).toSorted();
    expect(names).toEqual([expect.stringMatching(/^deployment\/[0-9a-f]{32}$/), "events"]);
  });

  it("reads a stream from its head and from its tail", async () => {
    const names = ["--log-group-name", group, "--log-stream-name", stream];
    const first = await aws<Events>("get-log-events", ...names, "--start-from-head", "--limit", "100");
    expect(messagesOf(first).slice(0, 3)).toEqual(["spoken listens on 8080", "line 1", "line 2"]);
    const on = ["--start-from-head", "--next-token", first.nextForwardToken ?? ""];
    expect(messagesOf(await aws<Events>("get-log-events", ...names, ...on))[0]).toBe("line 100");
    const last = await aws<Events>("get-log-events", ...names, "--limit", "2");
    expect(messagesOf(last).at(-1)).toBe(`{"level":"error","n":${OBJECTS}}`);
  });

  it.each([
    [`{ $.level = "error" && $.n > 150 }`, 5],
    ["{ $.n = * }", OBJECTS],
    ['"line 25"', 11],
    ["?listens ?SIGTERM", 1],
    ["line -1", PLAIN - 1],
    ["%^line [0-9]$%", 9],
    ["[word=line, number > 298]", 2],
  ])("filters with %s", async (pattern, count) => {
    const page = await aws<Events>(
      "filter-log-events",
      "--log-group-name",
      group,
      "--filter-pattern",
      pattern,
    );
    expect(page.events).toHaveLength(count);
  });

  it("keeps a policy of retention", async () => {
    const retention = async () =>
      (
        await aws<{ logGroups: readonly { retentionInDays?: number }[] }>(
          "describe-log-groups",
          "--log-group-name-prefix",
          group,
        )
      ).logGroups.map(({ retentionInDays }) => retentionInDays);
    await aws("put-retention-policy", "--log-group-name", group, "--retention-in-days", "7");
    expect(await retention()).toEqual([7]);
    await slipway.kill();
    await slipway.start();
    expect(await retention()).toEqual([7]);
    await aws("delete-retention-policy", "--log-group-name", group);
    expect(await retention()).toEqual([undefined]);
  });

  it("is told what does not exist, and what is wrong with a pattern", async () => {
    await expect(aws("filter-log-events", "--log-group-name", "/aws/lambda/x")).rejects.toThrow(
      /ResourceNotFoundException.*The specified log group does not exist/,
    );
    await expect(
      aws("filter-log-events", "--log-group-name", group, "--filter-pattern", "{ $.n > }"),
    ).rejects.toThrow(/InvalidParameterException.*character 9/);
  });

  it("tails what was, and follows what comes, each line once", async () => {
    const past = await tail("--since", "1h", "--format", "short");
    const { stdout } = await run(AWS_CLI, past.args, { env: past.env, maxBuffer: 64 * 1024 * 1024 });
    expect(stdout.match(/line \d+$/gm)).toEqual(numbered(1, PLAIN));
    const follower = await follow("--since", "1h", "--filter-pattern", "line", "--format", "short");
    try {
      await waitFor(async () => follower.text().includes(`line ${PLAIN}`), { what: "the past" });
      await speak(`lines=3&from=${PLAIN + 1}`);
      await waitFor(async () => follower.text().includes(`line ${PLAIN + 3}`), { what: "what is new" });
    } finally {
      follower.end();
    }
    expect(follower.text().match(/line \d+$/gm)).toEqual(numbered(1, PLAIN + 3));
  });
});

async function tail(...args: readonly string[]) {
  return {
    args: ["logs", "tail", group, ...args, "--endpoint-url", `http://127.0.0.1:${slipway.apiPort}`],
    env: {
      ...slipway.env,
      AWS_SHARED_CREDENTIALS_FILE: join(slipway.stateDirectory, "credentials"),
      AWS_PROFILE: "slipway",
      AWS_REGION: "us-east-1",
      PYTHONUNBUFFERED: "1",
    },
  };
}

/** `aws logs tail --follow`, until it is ended. */
async function follow(...args: readonly string[]) {
  const { args: all, env } = await tail(...args, "--follow");
  const child: ChildProcess = spawn(AWS_CLI, all, { env, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { text: () => text, end: () => child.kill("SIGKILL") };
}

describe("boto3", () => {
  it("has all lines on its pages", async () => {
    const program = `
import boto3, json
logs = boto3.client("logs", endpoint_url="http://127.0.0.1:${slipway.apiPort}", region_name="us-east-1")
def all(operation, member, **args):
    return [row for page in logs.get_paginator(operation).paginate(**args) for row in page[member]]
print(json.dumps({
    "groups": [row["logGroupName"] for row in all("describe_log_groups", "logGroups", PaginationConfig={"PageSize": 1})],
    "streams": [row["logStreamName"] for row in all("describe_log_streams", "logStreams", logGroupName="${group}", PaginationConfig={"PageSize": 1})],
    "lines": [row["message"] for row in all("filter_log_events", "events", logGroupName="${group}", filterPattern="line", PaginationConfig={"PageSize": 70})],
}))
`;
    const { accessKeyId, secretAccessKey } = slipway.credentials();
    const { stdout } = await run(PYTHON, ["-c", program], {
      env: { ...slipway.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(JSON.parse(stdout)).toEqual({
      groups: [group, group.replace("/application", "/service")],
      streams: [stream],
      lines: numbered(1, PLAIN + 3),
    });
  });
});

describe("the JavaScript SDK", () => {
  it("has all lines on its pages", async () => {
    const messages: string[] = [];
    for await (const page of paginateGetLogEvents(
      { client: logs, stopOnSameToken: true },
      { logGroupName: group, logStreamName: stream, limit: 33, startFromHead: true },
    )) {
      messages.push(...(page.events ?? []).map(({ message = "" }) => message));
    }
    expect(messages.filter((message) => message.startsWith("line "))).toEqual(numbered(1, PLAIN + 3));
    const streams = [];
    for await (const page of paginateDescribeLogStreams({ client: logs }, { logGroupName: group })) {
      streams.push(...(page.logStreams ?? []));
    }
    expect(streams).toHaveLength(1);
  });

  it("tails live what a pattern wants", async () => {
    const { responseStream } = await logs.send(
      new StartLiveTailCommand({
        logGroupIdentifiers: [`arn:aws:logs:us-east-1:000000000000:log-group:${group}`],
        logEventFilterPattern: '{ $.level = "error" }',
      }),
    );
    const seen: string[] = [];
    for await (const { sessionStart, sessionUpdate } of responseStream ?? []) {
      if (sessionStart !== undefined) await speak("lines=20&json&from=1001");
      seen.push(...(sessionUpdate?.sessionResults ?? []).map(({ message = "" }) => message));
      if (seen.length >= 2) break;
    }
    expect(seen).toEqual(['{"level":"error","n":1010}', '{"level":"error","n":1020}']);
  });
});

describe("slipway logs", () => {
  it("goes on over a restart of the control plane, each line once", async () => {
    const child = spawn(process.execPath, [COMMAND, "logs", "chatty", "-f", "-n", "1"], {
      env: slipway.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    try {
      await waitFor(async () => text.includes("\n"), { what: "the last line" });
      await speak("lines=5&from=5001");
      await waitFor(async () => text.includes("line 5005"), { what: "new lines" });
      await slipway.kill();
      await speak("lines=5&from=5006");
      await slipway.start();
      await waitFor(async () => text.includes("line 5010"), { what: "lines of the time between" });
    } finally {
      child.kill("SIGKILL");
    }
    expect(text.match(/line 50\d\d$/gm)).toEqual(numbered(5001, 5010));
  });

  it("tells what a failed deployment's instances wrote", async () => {
    const { OperationId = "" } = await sdk(slipway).send(
      new UpdateServiceCommand({
        ServiceArn: service.ServiceArn,
        SourceConfiguration: sourceConfiguration({
          name: "chatty",
          image: images.app,
          startCommand: `/node -e "console.log('there is no database'); process.exit(3)"`,
        }),
      }),
    );
    await waitFor(
      async () => (await describeOperation(slipway, service.ServiceArn, OperationId)).EndedAt !== undefined,
      { what: "the end of the deployment", timeoutMs: 90_000 },
    );
    expect(await slipway.slipway(["logs", "chatty", "--deployment"])).toMatch(
      /Container exit code: 3|exit code 3/,
    );
    const written = await slipway.slipway(["logs", "chatty", "--deployment", "--group", "application"]);
    expect(written).toMatch(/^\S+ [0-9a-f]{8} there is no database$/m);
    expect(written).not.toContain("line ");
  });
});

describe("lines outlive", () => {
  const EACH = 2_000;
  const FIRST = 10_000;

  it("the control plane's SIGKILL, their container and their service: each once, in order", async () => {
    await speak(`lines=${EACH}&from=${FIRST}`);
    await slipway.kill();
    await speak(`lines=${EACH}&from=${FIRST + EACH}`);
    await slipway.start();
    await speak(`lines=${EACH}&from=${FIRST + 2 * EACH}`);
    const wanted = numbered(FIRST, FIRST + 3 * EACH - 1);
    await waitForLines("[word=line, number >= 10000]", wanted.length);
    const [container = ""] = await slipway.containers();
    await run("docker", ["rm", "-f", container]);
    await waitFor(async () => (await slipway.containers()).some((name) => name !== container), {
      what: "another instance",
    });
    await sdk(slipway).send(new DeleteServiceCommand({ ServiceArn: service.ServiceArn }));
    await waitForStatus(slipway, service.ServiceArn, "DELETED");
    await slipway.kill();
    await slipway.start();
    expect(await found("[word=line, number >= 10000]")).toEqual(wanted);
    expect(await slipway.slipway(["logs", "chatty", "--since", "1h", "--filter", '"line 15999"'])).toContain(
      "line 15999",
    );
  });
});
