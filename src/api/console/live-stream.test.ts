import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { StateChange } from "../../ports/state-changes.ts";
import { ChangeBoard } from "../../store/change-board.ts";
import { makeService } from "../testing/requests.ts";
import { callOperation } from "../testing/slipway-call.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";
import { liveEvents } from "./live-stream.ts";

let api: TestApi;
let cookie: string;
const open: AbortController[] = [];

beforeEach(async () => {
  api = await startTestApi({ publicApiUrl: "http://slipway.test:7070" });
  cookie = await signIn();
});

afterEach(async () => {
  for (const one of open.splice(0)) one.abort();
  await api.close();
});

async function signIn(key = api.key): Promise<string> {
  const made = await callOperation({ ...api, key }, "Slipway.CreateSignInLink", {});
  const reply = await fetch(`${api.endpoint}/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: api.endpoint },
    body: JSON.stringify({ link: (made.body["Url"] as string).split("#link=")[1] }),
  });
  expect(reply.status).toBe(200);
  return reply.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
}

interface Followed {
  readonly status: number;
  readonly headers: Headers;
  /** What has come so far. */
  readonly text: () => string;
  readonly topics: () => readonly string[];
  readonly hasEnded: () => boolean;
}

async function follow(headers: Record<string, string> = {}): Promise<Followed> {
  const leaving = new AbortController();
  open.push(leaving);
  const reply = await fetch(`${api.endpoint}/console/live`, {
    headers: { cookie, ...headers },
    signal: leaving.signal,
  });
  let text = "";
  let hasEnded = false;
  void (async () => {
    for await (const chunk of reply.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
  })()
    .catch(() => undefined)
    .finally(() => (hasEnded = true));
  return {
    status: reply.status,
    headers: reply.headers,
    text: () => text,
    topics: () =>
      [...text.matchAll(/^event: change\ndata: (.*)$/gm)].flatMap(
        ([, data]) => (JSON.parse(data ?? "{}") as { readonly topics: readonly string[] }).topics,
      ),
    hasEnded: () => hasEnded,
  };
}

test("what changes a service is told by topic, at once and only as what it is", async () => {
  const stream = await follow();
  expect([stream.status, stream.headers.get("content-type")]).toEqual([
    200,
    "text/event-stream; charset=utf-8",
  ]);
  const { ServiceId = "" } = await makeService(api);
  await waitFor(() => stream.topics().includes("services"), { what: "the service to be told of" });
  expect(stream.topics()).toEqual(
    expect.arrayContaining([
      "services",
      `services/${ServiceId}`,
      `service/${ServiceId}`,
      `operations/${ServiceId}`,
    ]),
  );
  expect(stream.topics()).not.toContain(`domains/${ServiceId}`);
});

test("of services that one may not describe nothing is told, and of the others everything", async () => {
  const arn = "arn:aws:iam::000000000000:user/ann";
  const mine = await makeService(api);
  const policy = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "apprunner:DescribeService", Resource: mine.ServiceArn },
      { Effect: "Allow", Action: "slipway:CreateSignInLink", Resource: "*" },
    ],
  };
  await signInAs(arn, policy);
  const stream = await follow();
  const other = await makeService(api, {
    ServiceName: "other",
    SourceConfiguration: {
      ImageRepository: { ImageIdentifier: "a/b:1", ImageRepositoryType: "ECR_PUBLIC" },
    },
  });
  const saved = await api.store.services.get(mine.ServiceId ?? "");
  if (saved !== null) await api.store.services.save(saved);
  await waitFor(() => stream.topics().includes(`service/${mine.ServiceId}`), {
    what: "my service to be told of",
  });
  expect(stream.text()).not.toContain(other.ServiceId);
  expect(stream.topics()).not.toContain("services");
});

async function signInAs(arn: string, policy: object): Promise<void> {
  await api.store.users.save({
    arn,
    name: "ann",
    path: "/",
    id: "AIDAANN",
    createdAtMs: 1,
    inlinePolicies: { some: JSON.stringify(policy) },
    attachedPolicyArns: [],
    status: "ACTIVE",
    login: null,
  });
  cookie = await signIn(await api.keyOf(arn));
}

test("a push to a repository is told: to who may list them, and by name to who may describe it", async () => {
  const everything = await follow();
  const arn = "arn:aws:iam::000000000000:user/ann";
  const shop = "arn:aws:apprunner:us-east-1:000000000000:repository/shop";
  await signInAs(arn, {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "slipway:DescribeRepository", Resource: shop },
      { Effect: "Allow", Action: "slipway:CreateSignInLink", Resource: "*" },
    ],
  });
  const little = await follow();
  for (const repository of ["secret", "shop"]) api.changes.tell({ kind: "repository", repository });
  await waitFor(() => little.topics().length > 0, { what: "the repository to be told of" });
  expect(little.topics()).toEqual(["repository/shop"]);
  await waitFor(() => everything.topics().includes("repository/secret"), { what: "all to be told" });
  expect(everything.topics()).toEqual(
    expect.arrayContaining(["repositories", "repository/secret", "repository/shop"]),
  );
  expect(little.text()).not.toContain("secret");
});

test("the stream says when the session has ended, and ends", async () => {
  const stream = await follow();
  const me = (await (await fetch(`${api.endpoint}/session`, { headers: { cookie } })).json()) as {
    readonly csrfToken: string;
  };
  await fetch(`${api.endpoint}/session`, {
    method: "DELETE",
    headers: { cookie, "x-slipway-csrf": me.csrfToken, origin: api.endpoint },
  });
  await waitFor(() => stream.hasEnded(), { what: "the end" });
  expect(stream.text()).toContain("event: ended");
});

test("nobody but who is signed in, on a page of this address, is told anything", async () => {
  expect((await follow({ cookie: "" })).status).toBe(401);
  expect((await follow({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await follow({ origin: "http://evil.test" })).status).toBe(403);
  expect((await follow({ "sec-fetch-site": "same-origin" })).status).toBe(200);
});

test("a user has so many streams and no more, and one that is given up makes room", async () => {
  for (let count = 0; count < 20; count++) expect((await follow()).status).toBe(200);
  const refused = await follow();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"]);
  open.shift()?.abort();
  await waitFor(async () => (await follow()).status === 200, { what: "the seat to be free" });
});

test("who is gone before the stream begins takes no seat", async () => {
  const present = { ...api.store.sessions };
  let asked = 0;
  const released = Promise.withResolvers<void>();
  Object.assign(api.store.sessions, {
    get: async (arn: string) => {
      asked += 1;
      await released.promise;
      return present.get(arn);
    },
  });
  const arrived: Socket[] = [];
  const note = (message: unknown) => void arrived.push((message as { readonly socket: Socket }).socket);
  subscribe("http.server.request.start", note);
  const { hostname, port, host } = new URL(api.endpoint);
  const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname));
  for (const socket of sockets)
    socket.write(`GET /console/live HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
  await waitFor(() => asked >= sockets.length, { what: "all to be asked for" });
  unsubscribe("http.server.request.start", note);
  for (const socket of sockets) socket.destroy();
  await waitFor(() => arrived.every(({ closed }) => closed), { what: "the connections to be gone" });
  Object.assign(api.store.sessions, present);
  released.resolve();
  await waitFor(async () => (await follow()).status === 200, { what: "a seat" });
});

const SERVICE = (id: string): StateChange => ({ kind: "instance", serviceId: id });
const parts = (changes: ChangeBoard, gone: AbortController, holds = () => Promise.resolve(true)) => ({
  changes,
  gone: gone.signal,
  holds,
  rights: { mayBeTold: () => Promise.resolve(true) },
  beatMs: 50,
});
const textOf = ({ value }: IteratorResult<Uint8Array, unknown>) =>
  Buffer.from(value as Uint8Array).toString();

test("what nobody reads does not grow: one event holds all of it, and far too much is told as everything", async () => {
  const changes = new ChangeBoard();
  const gone = new AbortController();
  const events = liveEvents(parts(changes, gone));
  expect(textOf(await events.next())).toContain("retry");
  const next = events.next();
  for (let count = 0; count < 5; count++) changes.tell(SERVICE("a"));
  const first = textOf(await next);
  expect(first).toBe('event: change\ndata: {"topics":["instances/a"]}\n\n');
  for (let count = 0; count < 3_000; count++) changes.tell(SERVICE(`${count}`));
  let told = "";
  while (!told.includes("change")) told = textOf(await events.next());
  expect(told).toBe('event: change\ndata: {"topics":["everything"]}\n\n');
  gone.abort();
  expect((await events.next()).done).toBe(true);
});

test("while nothing changes it beats, and each beat asks whether the session holds", async () => {
  const gone = new AbortController();
  let isHeld = true;
  const events = liveEvents(parts(new ChangeBoard(), gone, () => Promise.resolve(isHeld)));
  await events.next();
  expect(textOf(await events.next())).toContain("event: beat");
  isHeld = false;
  expect(textOf(await events.next())).toContain("event: ended");
  expect((await events.next()).done).toBe(true);
});

test("who may be told nothing is no more work than others", async () => {
  const changes = new ChangeBoard();
  const gone = new AbortController();
  let asked = 0;
  const rights = {
    mayBeTold: () => {
      asked += 1;
      return Promise.resolve(false);
    },
  };
  const events = liveEvents({ ...parts(changes, gone), rights, beatMs: 1_000_000 });
  await events.next();
  const next = events.next();
  const flood = setInterval(() => changes.tell(SERVICE("a")), 1);
  const startedAtMs = performance.now();
  await waitFor(() => asked >= 3, { what: "three looks" });
  clearInterval(flood);
  expect(performance.now() - startedAtMs).toBeGreaterThan(600);
  gone.abort();
  expect((await next).done).toBe(true);
});
