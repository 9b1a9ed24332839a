/** Who did what is told to AWS's own clients, survives kill -9, and cannot be changed unseen. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Installation } from "../support/installation.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
const CANARY = "canary-9f2b71";

interface Event {
  readonly EventName: string;
  readonly Username?: string;
  readonly AccessKeyId?: string;
  readonly Resources: readonly { readonly ResourceName: string }[];
  readonly CloudTrailEvent: string;
}

let slipway: Installation;

beforeAll(async () => {
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(() => slipway.remove());

async function lookUp(key: string, value: string): Promise<readonly Event[]> {
  const attribute = `AttributeKey=${key},AttributeValue=${value}`;
  const reply = await slipway.awsOf<{ readonly Events: readonly Event[] }>("cloudtrail", [
    "lookup-events",
    "--lookup-attributes",
    attribute,
  ]);
  return reply.Events;
}

function detailOf(event: Event | undefined): Readonly<Record<string, unknown>> {
  return JSON.parse(event?.CloudTrailEvent ?? "{}") as Record<string, unknown>;
}

function segments(): readonly string[] {
  const directory = join(slipway.stateDirectory, "audit");
  return readdirSync(directory).map((name) => join(directory, name));
}

function written(): string {
  return segments()
    .map((path) => readFileSync(path, "utf8"))
    .join("");
}

function secretName(number: number): string {
  return `made/${String(number).padStart(2, "0")}`;
}

async function createSecret(name: string): Promise<void> {
  await slipway.awsOf("secretsmanager", ["create-secret", "--name", name, "--secret-string", CANARY]);
}

describe("audit", () => {
  it("calls of several services are looked up with the AWS CLI, without their secrets", async () => {
    await createSecret("first/one");
    await slipway.aws(["list-services"]);
    await slipway.awsOf("secretsmanager", ["get-secret-value", "--secret-id", "first/one"]);
    const [created] = await lookUp("EventName", "CreateSecret");
    expect(created).toMatchObject({ Username: "root" });
    expect(created?.Resources[0]?.ResourceName).toContain(":secret:first/one");
    expect(detailOf(created)).toMatchObject({
      eventSource: "secretsmanager.amazonaws.com",
      sourceIPAddress: "127.0.0.1",
      requestParameters: { name: "first/one", secretString: "HIDDEN_DUE_TO_SECURITY_REASONS" },
    });
    expect((await lookUp("ResourceName", "first/one")).map(({ EventName }) => EventName)).toEqual(
      expect.arrayContaining(["GetSecretValue", "CreateSecret"]),
    );
    expect(await lookUp("EventName", "ListServices")).not.toEqual([]);
    expect(written()).not.toContain(CANARY);
  });

  it("refused calls are there, of a key that is none too", async () => {
    await expect(slipway.aws(["delete-service", "--service-arn", "arn:aws:x"])).rejects.toThrow(
      "AccessDenied",
    );
    const [refused] = await lookUp("EventName", "DeleteService");
    expect(detailOf(refused)).toMatchObject({
      errorCode: "AccessDeniedException",
      userIdentity: { type: "Root" },
    });
    const answer = await fetch(`http://127.0.0.1:${slipway.apiPort}/`, {
      method: "POST",
      headers: {
        "x-amz-target": "AppRunner.ListServices",
        authorization: "AWS4-HMAC-SHA256 Credential=AKIASTRANGER/20260101/us-east-1/apprunner/aws4_request",
      },
      body: "{}",
    });
    expect(answer.status).toBe(403);
    const [stranger] = await lookUp("AccessKeyId", "AKIASTRANGER");
    expect(detailOf(stranger)).toMatchObject({
      userIdentity: { type: "Unknown" },
      eventName: "ListServices",
    });
  });

  it("boto3 looks them up by time, page by page", async () => {
    const program = `
import boto3, datetime, json
client = boto3.client("cloudtrail", endpoint_url="http://127.0.0.1:${slipway.apiPort}", region_name="us-east-1")
now = datetime.datetime.now(datetime.timezone.utc)
pages = client.get_paginator("lookup_events").paginate(
    StartTime=now - datetime.timedelta(hours=1), EndTime=now + datetime.timedelta(hours=1),
    PaginationConfig={"PageSize": 1, "MaxItems": 4})
print(json.dumps([[event["EventName"], event["EventTime"].year] for page in pages for event in page["Events"]]))
`;
    const { accessKeyId, secretAccessKey } = slipway.credentials();
    const { stdout } = await run("/usr/bin/python3", ["-c", program], {
      env: { ...slipway.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    });
    const events = JSON.parse(stdout) as readonly (readonly [string, number])[];
    expect(events).toHaveLength(4);
    expect(events[0]).toEqual(["LookupEvents", new Date().getUTCFullYear()]);
  });

  it("what was answered is in the trail after kill -9", async () => {
    const client = slipway.client();
    for (let number = 0; number < 5; number++) {
      await client.call("secretsmanager.CreateSecret", { Name: secretName(number), SecretString: CANARY });
      await slipway.kill();
      expect(written()).toContain(`"name":"${secretName(number)}"`);
      await slipway.start();
    }
    const verdict = await client.call("Slipway.VerifyAuditTrail", {});
    expect(verdict).toMatchObject({ ProblemCount: 0, FirstSequence: 1 });
    expect(await lookUp("ResourceName", secretName(4))).not.toEqual([]);
  });

  it("a person sees who did what, and that the trail is whole", async () => {
    const table = await slipway.slipway(["audit", "--resource", "first/one"]);
    expect(table).toMatch(
      /root +CreateSecret +secret:first\/one\S* +done: name, secretString +127\.0\.0\.1$/m,
    );
    expect(await slipway.slipway(["audit", "verify"])).toMatch(/^Records +\d+$/m);
  });

  it("a record that was changed, and one that was taken away, are found", async () => {
    await slipway.kill();
    const [path = ""] = segments();
    const lines = readFileSync(path, "utf8").split("\n");
    const changed = lines.map((line) => line.replace('"name":"first/one"', '"name":"other/one"'));
    expect(changed).not.toEqual(lines);
    writeFileSync(path, changed.toSpliced(5, 1).join("\n"));
    await slipway.start();
    const verdict = await slipway.client().call("Slipway.VerifyAuditTrail", {});
    expect(verdict.Problems.map(({ Kind }) => Kind)).toEqual(expect.arrayContaining(["changed", "missing"]));
    await expect(slipway.slipway(["audit", "verify"])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("was tampered with") as unknown,
    });
  });
});

describe("own health", () => {
  it("the process lives, and is ready when all is there", async () => {
    expect(await slipway.api("/healthz")).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    await waitFor(async () => (await slipway.api("/readyz")).status === 200, {
      what: "readiness",
      timeoutMs: 60_000,
    });
    expect(await slipway.slipway(["info"])).toMatch(/^Status +ready since .*0 services, 0 instances/m);
  });

  it("the level of the own log is set for a time, and for good over a restart", async () => {
    expect(await slipway.slipway(["log-level", "debug", "--for", "1h"])).toMatch(/debug.*then info/);
    await slipway.kill();
    await slipway.start();
    expect(await slipway.slipway(["log-level"])).toMatch(/^debug/);
    expect(await slipway.slipway(["log-level", "warn"])).toMatch(/^warn/);
  });
});
