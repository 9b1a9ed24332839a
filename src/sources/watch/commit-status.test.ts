// What Git hosts are told, over http, to a provider on a port of this machine.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Connection, ProviderType } from "../../domain/configuration.ts";
import type { Commit } from "../../domain/code-source.ts";
import { ConnectionCredentials } from "../connections/connection-credentials.ts";
import { ProviderApiClient } from "../connections/provider-api-client.ts";
import { sealCredential } from "../connections/sealed-credential.ts";
import { FakeProvider } from "../connections/testing/fake-provider.ts";
import { CommitStatusReporter } from "./commit-status-reporter.ts";
import { WatchWorld } from "./testing/watch-world.ts";

const arn = `arn:aws:apprunner:us-east-1:000000000000:connection/mine/${"c".repeat(32)}`;
const commit: Commit = { id: "a".repeat(40), author: "Ada", message: "a change", committedAtMs: 0 };
const built = { commit, sourceTreeId: "tree" };

let world: WatchWorld;
let provider: FakeProvider;
let reporter: CommitStatusReporter;
let reports: string[];
let end: AbortController;

beforeEach(async () => {
  world = await WatchWorld.open();
  provider = await FakeProvider.start();
  reports = [];
  end = new AbortController();
  reporter = aReporter();
});
afterEach(async () => {
  end.abort();
  await reporter.idle();
  await provider.close();
  await world.close();
});

function aReporter(): CommitStatusReporter {
  const { store, records, vault, clock } = world;
  const api = new ProviderApiClient({ ownPorts: [], allowPlainHttp: true });
  return new CommitStatusReporter({
    store,
    records,
    api,
    credentials: new ConnectionCredentials({ store, vault, api, clock }),
    targetUrl: ({ host }) => `http://${host}`,
    report: (_event, { problem = "" }) => void reports.push(problem),
    end: end.signal,
  });
}

async function aConnectedService(providerType: ProviderType, path = "/team/web.git"): Promise<string> {
  const connection: Connection = {
    arn,
    name: "mine",
    providerType,
    status: "AVAILABLE",
    createdAtMs: 0,
    serverUrl: provider.url,
    sealedCredential: sealCredential(world.vault, arn, { kind: "token", username: null, token: "t0ken" }),
  };
  await world.store.connections.save(connection);
  const { id, configuration } = await world.aCodeService({ repositoryUrl: provider.url + path });
  const service = await world.service(id);
  await world.store.services.save({
    ...service,
    configuration: { ...configuration, connectionArn: arn },
  });
  return id;
}

async function look(serviceId: string): Promise<void> {
  reporter.look(await world.service(serviceId));
  await reporter.idle();
}

const states = () =>
  provider.requests.map(({ body }) => (body as { readonly state: string } | null)?.state ?? "none");

describe("A deployment is told to", () => {
  it.each<[ProviderType, string, readonly string[]]>([
    ["GITHUB", `POST /api/v3/repos/team/web/statuses/${commit.id}`, ["pending", "success"]],
    ["GITEA", `POST /api/v1/repos/team/web/statuses/${commit.id}`, ["pending", "success"]],
    ["GITLAB", `POST /api/v4/projects/team%2Fweb/statuses/${commit.id}`, ["running", "success"]],
    [
      "BITBUCKET",
      `POST /2.0/repositories/team/web/commit/${commit.id}/statuses/build`,
      ["INPROGRESS", "SUCCESSFUL"],
    ],
  ])("%s when it begins and when it ends, once each", async (type, call, told) => {
    const id = await aConnectedService(type);
    provider.answers.set(call, () => ({ status: 201 }));
    await world.operated(id, { status: "IN_PROGRESS", endedAtMs: null, built });
    await world.setStatus(id, "OPERATION_IN_PROGRESS");
    await look(id);
    await look(id);
    await world.finish(id, "SUCCEEDED", commit);
    await look(id);
    await look(id);
    reporter = aReporter();
    await look(id);
    expect(states()).toEqual(told);
    const [request] = provider.requests;
    expect(`${request?.method} ${request?.path}`).toBe(call);
    expect(JSON.stringify(request?.body)).toContain(`http://${(await world.service(id)).host}`);
  });
});

describe("Telling", () => {
  const call = `POST /api/v3/repos/team/web/statuses/${commit.id}`;

  it("says failure with the reason, as far as there is room, for a create too", async () => {
    const id = await aConnectedService("GITHUB");
    provider.answers.set(call, () => ({ status: 201 }));
    const message = `The build failed. ${"x".repeat(200)}`;
    await world.operated(id, {
      status: "FAILED",
      built,
      cause: { phase: "build", class: "build", message },
    });
    await world.setStatus(id, "CREATE_FAILED");
    await look(id);
    expect(provider.requests.map(({ body }) => body)).toMatchObject([
      { state: "failure", description: message.slice(0, 140) },
    ]);
  });

  it("ends the status of a deployment that another one has followed", async () => {
    const id = await aConnectedService("GITHUB");
    provider.answers.set(call, () => ({ status: 201 }));
    await world.operated(id, { status: "IN_PROGRESS", endedAtMs: null, built });
    await world.setStatus(id, "OPERATION_IN_PROGRESS");
    await look(id);
    await world.finish(id, "ROLLBACK_SUCCEEDED", commit);
    const next = { commit: { ...commit, id: "b".repeat(40) }, sourceTreeId: "tree" };
    provider.answers.set(call.replaceAll("a".repeat(40), "b".repeat(40)), () => ({ status: 201 }));
    await world.operated(id, { built: next });
    await look(id);
    expect(states()).toEqual(["pending", "failure", "success"]);
  });

  it("is tried three times, then left, and reported without the token", async () => {
    const id = await aConnectedService("GITHUB");
    provider.answers.set(call, () => ({ status: 403 }));
    await world.operated(id, { built });
    for (let count = 0; count < 5; count += 1) await look(id);
    expect(provider.requests).toHaveLength(3);
    expect(reports).toEqual([expect.stringContaining("status 403")]);
    expect(reports.join()).not.toContain("t0ken");
  });

  it("keeps nobody waiting for a provider that does not answer, and ends with the control plane", async () => {
    const id = await aConnectedService("GITHUB");
    const asked = Promise.withResolvers<void>();
    provider.answers.set(call, () => {
      asked.resolve();
      return null;
    });
    await world.operated(id, { built });
    reporter.look(await world.service(id));
    await asked.promise;
    end.abort();
    await reporter.idle();
    expect(reports).toEqual([]);
  });

  it("never shows the token to another host than the connection's", async () => {
    const id = await aConnectedService("GITHUB");
    const service = await world.service(id);
    const { source } = service.configuration;
    if (source.kind !== "code") throw new Error("no code");
    const elsewhere = { ...source, repositoryUrl: "https://other.example.com/team/web.git" };
    await world.store.services.save({
      ...service,
      configuration: { ...service.configuration, source: elsewhere },
    });
    await world.operated(id, { built });
    await look(id);
    expect(provider.requests).toEqual([]);
    expect(reports).toEqual([]);
  });
});
