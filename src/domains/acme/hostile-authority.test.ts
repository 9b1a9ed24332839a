/** Whatever an authority says or does not say: a step ends in time, with a result or an IssuanceError. */
import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { IssuanceError } from "../../ports/certificate-authority.ts";
import type { AcmeAuthority } from "./acme-authority.ts";
import { type Made, makeCertificate } from "./testing/certificates.ts";
import { Installation } from "./testing/client.ts";
import { FakeDirectory, type FakeReply } from "./testing/fake-directory.ts";

const EXCHANGE_MAX_MS = 400;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
let fake: FakeDirectory;
let certificate: Made;

beforeEach(async () => {
  fake = await FakeDirectory.start();
  const issuer = await makeCertificate({ name: "ca.example", isAuthority: true });
  certificate = await makeCertificate({ name: "shop.example.com", issuer, hasIssuerKey: true });
});

afterEach(async () => {
  await fake.stop();
});

/** Every step with a client that knows nothing yet. */
function steps(): readonly (() => Promise<unknown>)[] {
  const { origin } = fake;
  const order = `${origin}/order/1`;
  const signal = AbortSignal.timeout(20_000);
  const client = (): AcmeAuthority =>
    new Installation().client({ directoryUrl: fake.directoryUrl, exchangeMaxMs: EXCHANGE_MAX_MS });
  return [
    () => client().placeOrder({ names: ["shop.example.com"], replacedPem: null }, signal),
    () => client().readOrder(order, signal),
    () => client().acceptChallenge(`${origin}/challenge/1`, signal),
    () => client().finalize({ orderUrl: order, names: ["shop.example.com"], keyPem }, signal),
    () => client().download(order, signal),
    () => client().renewalWindow(certificate.certificatePem, signal),
  ];
}

/** Null when it is as it must be. */
async function badEnd(step: () => Promise<unknown>): Promise<unknown> {
  try {
    await step();
    return null;
  } catch (error) {
    if (!(error instanceof IssuanceError)) return error;
    const { message, retryAtMs } = error;
    const isPlain = message.length < 1_000 && !/\p{Cc}/u.test(message);
    return isPlain && !Number.isNaN(retryAtMs) ? null : { message, retryAtMs };
  }
}

/** Changes to what a friendly authority would answer, so that nonsense is met at every depth. */
interface Change {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

function changed(friendly: FakeReply, { status, headers, members, body }: Change): FakeReply {
  return {
    status: status ?? friendly.status ?? 200,
    headers: { ...friendly.headers, ...headers },
    body: body ?? { ...(friendly.body as object), ...members },
  };
}

function changes(): fc.Arbitrary<Readonly<Record<string, Change>>> {
  const { origin } = fake;
  const orderMembers = fc.record(
    {
      status: fc.constantFrom("ready", "processing", "valid", "invalid", "odd", null),
      authorizations: fc.jsonValue(),
      finalize: fc.oneof(fc.constantFrom("http://[", `https://127.0.0.1/`, ""), fc.webUrl()),
      certificate: fc.oneof(fc.constant(`${origin}/certificate/1`), fc.jsonValue()),
      error: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const types = ["badNonce", "malformed", "compound", "orderNotReady", "unauthorized", "accountDoesNotExist"];
  const problem = fc.record(
    {
      type: fc.constantFrom(...types).map((type) => `urn:ietf:params:acme:error:${type}`),
      detail: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
      subproblems: fc.oneof(
        fc.array(fc.record({ detail: fc.string(), identifier: fc.jsonValue() })),
        fc.jsonValue(),
      ),
      instance: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ status: fc.constantFrom(400, 401, 403, 404, 429, 503), body: problem }),
    fc.record({ members: orderMembers }),
    fc.record({ headers: fc.record({ Location: fc.constantFrom("", "//", "http://[", "ftp://x/", "/a") }) }),
    fc.record({ headers: fc.record({ "Replay-Nonce": fc.constantFrom("", "!".repeat(200)) }) }),
    fc.record({
      status: fc.constantFrom(429, 503),
      headers: fc.record({
        "Retry-After": fc.constantFrom(
          "-1",
          "soon",
          "1e99",
          "9".repeat(400),
          "Fri, 99 Abc 2026 00:00:00 GMT",
        ),
      }),
    }),
    fc.record({ status: fc.constantFrom(200, 204, 301, 409, 500) }),
    fc.record({ body: fc.oneof(fc.jsonValue(), fc.string()) }),
  );
  const paths = [
    "/dir",
    "/nonce",
    "/new-account",
    "/new-order",
    "/order/1",
    "/authorization/1",
    "/challenge/1",
  ];
  return fc.dictionary(fc.constantFrom(...paths, "/certificate/1", "/finalize/1"), change, { maxKeys: 2 });
}

it("answers nonsense", async () => {
  await fc.assert(
    fc.asyncProperty(changes(), async (replies) => {
      fake.script = ({ path }) => {
        const change = Object.hasOwn(replies, path) ? replies[path] : undefined;
        return change === undefined ? undefined : changed(fake.friendly(path), change);
      };
      for (const step of steps()) expect(await badEnd(step)).toBeNull();
    }),
    { numRuns: 40 },
  );
}, 60_000);

it("takes connections and says nothing, or drips its answer for ever", async () => {
  const sockets = new Set<Socket>();
  const drips: NodeJS.Timeout[] = [];
  for (const speak of [
    () => {},
    (socket: Socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      drips.push(setInterval(() => socket.write("1\r\n{\r\n"), 50));
    },
  ]) {
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      speak(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    for (const protocol of ["http", "https"]) {
      const directoryUrl = `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/dir`;
      const client = new Installation().client({ directoryUrl, exchangeMaxMs: EXCHANGE_MAX_MS });
      await expect(
        client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, AbortSignal.timeout(5_000)),
      ).rejects.toMatchObject({
        kind: "unavailable",
      });
    }
    for (const socket of sockets) socket.destroy();
    for (const drip of drips) clearInterval(drip);
    await close(server);
  }
});

it("ends connections in the middle of everything", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const directoryUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dir`;
  const client = new Installation().client({ directoryUrl });
  await expect(
    client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, AbortSignal.timeout(5_000)),
  ).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("the connection broke off"),
  });
  await close(server);
});

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) =>
    server.close((error) => (error === undefined ? resolve() : reject(error))),
  );
}
