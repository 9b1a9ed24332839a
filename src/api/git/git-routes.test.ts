// Git over HTTP, with repositories that only remember: who may, what passes through, and what a push sets going.
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import { FakeServiceLog } from "../../ports/fake-service-log.ts";
import { aUser } from "../testing/identities.ts";
import { FakeRepositories } from "../testing/fake-repositories.ts";
import { aCodeService, makeService } from "../testing/requests.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const COMMIT = "1".repeat(40);
/** Every operation has said this. */
class BuildingLog extends FakeServiceLog {
  override read: FakeServiceLog["read"] = async (_owner, _stream, { cursor }) => ({
    lines:
      cursor === null
        ? [
            { timestampMs: 1, text: "[AppRunner] Building." },
            { timestampMs: 2, text: "[Build] npm ci" },
          ]
        : [],
    cursor: "2",
  });
}

let slipway: TestApi;
let repositories: FakeRepositories;
let poked: string[];

beforeEach(async () => {
  repositories = new FakeRepositories();
  poked = [];
  slipway = await startTestApi({
    repositories,
    logs: new BuildingLog(),
    pokeSource: (serviceId) => {
      poked.push(serviceId);
      return Promise.resolve();
    },
  });
  await repositories.create("shop");
  repositories.changes = [{ reference: "refs/heads/main", oldCommitId: null, newCommitId: COMMIT }];
});
afterEach(() => slipway.close());

function basic(id = slipway.key.id, secret = slipway.key.secret): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` };
}

const get = (target: string, headers = basic()) => fetch(slipway.endpoint + target, { headers });
const push = (headers: Record<string, string> = {}, body: string | Buffer<ArrayBuffer> = "pack") =>
  fetch(`${slipway.endpoint}/git/shop.git/git-receive-pack`, {
    method: "POST",
    headers: { ...basic(), "content-type": "application/x-git-receive-pack-request", ...headers },
    body,
  });

describe("who may", () => {
  test("an access key's id and secret open it", async () => {
    const answer = await get("/git/shop.git/info/refs?service=git-upload-pack");
    expect(answer.status).toBe(200);
    expect(repositories.requests).toMatchObject([
      {
        name: "shop",
        path: "info/refs",
        method: "GET",
        query: "service=git-upload-pack",
        remoteUser: slipway.key.id,
        mayPush: true,
      },
    ]);
  });

  test.each([
    ["nobody", {}],
    ["an unknown key", basic.bind(null, "AKIAUNKNOWN", "x")],
    ["a wrong secret", () => basic(slipway.key.id, "x")],
    ["an empty secret of an unknown key", () => basic("AKIAUNKNOWN", "")],
    ["no base64", { authorization: "Basic :::" }],
    ["another scheme", { authorization: "Bearer x" }],
  ])("%s is asked for a key, always with the same words", async (_name, headers) => {
    const given = typeof headers === "function" ? headers() : headers;
    const answer = await get(
      "/git/shop.git/info/refs?service=git-receive-pack",
      given as Record<string, string>,
    );
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="Slipway", charset="UTF-8"');
    expect(await answer.text()).toContain("Use an access key");
    expect(repositories.requests).toEqual([]);
  });

  test("who is nobody's root may neither pull nor push", async () => {
    await slipway.store.users.save(aUser("eve"));
    const key = await slipway.keyOf(aUser("eve").arn);
    for (const service of ["git-upload-pack", "git-receive-pack"]) {
      const answer = await get(`/git/shop.git/info/refs?service=${service}`, basic(key.id, key.secret));
      expect(answer.status).toBe(403);
      const action = service === "git-upload-pack" ? "slipway:PullRepository" : "slipway:PushRepository";
      expect(await answer.text()).toContain(
        `${aUser("eve").arn} is not authorized to perform: ${action} on resource: arn:aws:apprunner:us-east-1:000000000000:repository/shop because no identity-based policy allows the ${action} action`,
      );
    }
    expect(repositories.requests).toEqual([]);
  });

  test("who comes by a proxy comes from where the proxy says, if it is believed", async () => {
    const from = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
    const statement = { Effect: "Allow", Action: "slipway:*", Resource: "*", Condition: from };
    const refs = "/git/shop.git/info/refs?service=git-receive-pack";
    const ask = async (proxies: readonly string[], address: string) => {
      const api = await startTestApi({ repositories, proxies });
      try {
        await api.store.users.save(aUser("ann", { own: { Version: "2012-10-17", Statement: statement } }));
        const { id, secret } = await api.keyOf(aUser("ann").arn);
        const headers = { ...basic(id, secret), "x-forwarded-for": address };
        return (await fetch(api.endpoint + refs, { headers })).status;
      } finally {
        await api.close();
      }
    };
    expect(await ask(["127.0.0.1"], "192.0.2.7")).toBe(200);
    expect(await ask(["127.0.0.1"], "198.51.100.7")).toBe(403);
    expect(await ask([], "192.0.2.7")).toBe(403);
  });

  test("what is no repository's address is not found, and the log names no secret", async () => {
    for (const target of ["/git/", "/git/shop", "/git/a/b.git/info/refs", "/git/..%2Fx/info/refs"]) {
      expect((await get(target)).status).toBe(404);
    }
    expect(JSON.stringify(slipway.log)).not.toContain(slipway.key.secret);
  });
});

describe("bodies", () => {
  test("one far above the API's limit passes through whole", async () => {
    const body = Buffer.alloc(5 * 1024 * 1024, "x");
    expect((await push({}, body)).status).toBe(200);
    expect(repositories.bodies[0]?.equals(body)).toBe(true);
  });

  test("compressed ones are left to the repository, with their headers", async () => {
    await push({ "content-encoding": "gzip", "git-protocol": "version=2" });
    expect(repositories.requests[0]?.headers).toMatchObject({
      "content-encoding": "gzip",
      "git-protocol": "version=2",
    });
  });

  test("a pusher who goes away ends the push", async () => {
    const { port } = new URL(slipway.endpoint);
    const socket = connect(Number(port), "127.0.0.1");
    const head = [
      "POST /git/shop.git/git-receive-pack HTTP/1.1",
      "Host: x",
      `Authorization: ${basic()["authorization"]}`,
      "Transfer-Encoding: chunked",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n4\r\npack\r\n`);
    await waitFor(() => repositories.signals.length === 1);
    socket.destroy();
    await waitFor(() => repositories.signals[0]?.aborted === true);
  });
});

describe("a push", () => {
  const lines = async (answer: Response) => (await answer.text()).trimEnd().split("\n");
  const aShop = (status?: "RUNNING" | "PAUSED" | "OPERATION_IN_PROGRESS") =>
    makeService(slipway, aCodeService("shop", "slipway://shop"), status);

  test("deploys the service of the branch, tells how it goes on, and ends with the URL", async () => {
    const service = await aShop();
    const id = service.ServiceId ?? "";
    const answer = push();
    await waitFor(async () => (await slipway.store.operations.listOpen(id)).length === 1);
    const [operation] = await slipway.store.operations.listOpen(id);
    expect(operation).toMatchObject({ type: "START_DEPLOYMENT", trigger: { by: "push", version: COMMIT } });
    await slipway.commands.settle(id, "RUNNING");
    expect(await lines(await answer)).toEqual([
      "Deploying shop at 111111111111",
      "  Building.",
      "  [Build] npm ci",
      `shop is deployed: http://${service.ServiceUrl}`,
    ]);
    expect(repositories.outcome).toEqual({ ok: true });
  });

  test("that cannot be deployed ends with the cause", async () => {
    const service = await aShop();
    const id = service.ServiceId ?? "";
    const answer = push();
    await waitFor(async () => (await slipway.store.operations.listOpen(id)).length === 1);
    const [operation] = await slipway.store.operations.listOpen(id);
    if (operation === undefined) throw new Error("no operation");
    const cause = { phase: "build", class: "build", message: "npm ci ended with 1." } as const;
    await slipway.store.operations.save({ ...operation, status: "ROLLBACK_SUCCEEDED", cause, endedAtMs: 5 });
    expect((await lines(await answer)).at(-1)).toBe(
      "The deployment of shop failed: build: npm ci ended with 1. What ran before still runs.",
    );
    expect(repositories.outcome).toEqual({ ok: false });
  });

  test.each([
    ["PAUSED", "shop is paused. The push is deployed when it is resumed: slipway resume shop"],
    [
      "OPERATION_IN_PROGRESS",
      "shop is busy with another operation. The push is taken up when that has ended: slipway ops shop",
    ],
  ] as const)("to a service that is %s is left to the watcher", async (status, line) => {
    const service = await aShop(status);
    expect(await lines(await push())).toEqual([line]);
    expect(poked).toEqual([service.ServiceId]);
  });

  test("without a service, or to another branch, says what to do", async () => {
    expect(await lines(await push())).toEqual([
      "The push is stored; it deploys nothing.",
      "No service is built from shop yet. Create one: slipway deploy slipway://shop --branch main",
    ]);
    await aShop();
    repositories.changes = [{ reference: "refs/heads/topic", oldCommitId: null, newCommitId: COMMIT }];
    expect(await lines(await push())).toContain("shop is built from main; pushed was topic.");
  });

  test("of a tag, of a branch that is deleted, or by who deploys itself sets nothing going", async () => {
    const service = await aShop();
    repositories.changes = [
      { reference: "refs/tags/v1", oldCommitId: null, newCommitId: COMMIT },
      { reference: "refs/heads/main", oldCommitId: COMMIT, newCommitId: null },
    ];
    expect(await lines(await push())).toEqual([""]);
    repositories.changes = [{ reference: "refs/heads/main", oldCommitId: null, newCommitId: COMMIT }];
    expect(await lines(await push({ "slipway-push": "store" }))).toEqual([""]);
    expect(await slipway.store.operations.listOpen(service.ServiceId ?? "")).toEqual([]);
  });

  test("with automatic deployments off is stored, and says so", async () => {
    await makeService(slipway, aCodeService("shop", "slipway://shop", false));
    expect(await lines(await push())).toEqual([
      "Automatic deployments of shop are off. Deploy it: slipway redeploy shop",
    ]);
  });
});
