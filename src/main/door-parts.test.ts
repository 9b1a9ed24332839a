import { createSecretKey } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KeyedInstanceTokens } from "../identity/keyed-instance-tokens.ts";
import type { DoorListener } from "../engine/door-rules.ts";
import { buildInstanceTokens, KeptDoor } from "./door-parts.ts";

const end = new AbortController().signal;
let address: string;
let led: DoorListener[];
let problem: Error | null;
let errors: number;
let door: KeptDoor;

beforeEach(() => {
  address = "127.0.0.1";
  led = [];
  problem = null;
  errors = 0;
  door = new KeptDoor({
    engine: {
      bridgeAddress: () => Promise.resolve(address),
      openDoor: async (listener: DoorListener) => {
        if (problem !== null) throw problem;
        led.push(listener);
      },
    },
    dispatcher: () => {
      throw new Error("nobody calls");
    },
    store: {},
    instanceTokens: { tokens: new KeyedInstanceTokens(createSecretKey(Buffer.alloc(32))) },
    identity: {},
    logger: { error: () => (errors += 1), info: () => undefined },
  } as unknown as ConstructorParameters<typeof KeptDoor>[0]);
});
afterEach(() => door.close());

const statusAt = async (listener: DoorListener | undefined) =>
  (await fetch(`http://${listener?.address}:${listener?.port}/`)).status;

it("listens on the bridge, once, and again where the bridge has another address", async () => {
  await door.open(end);
  await door.open(end);
  expect(led).toMatchObject([{ address: "127.0.0.1" }]);
  expect(await statusAt(led[0])).toBe(404);
  address = "127.0.0.2";
  await door.open(end);
  expect(led[1]).toMatchObject({ address: "127.0.0.2" });
  expect(await statusAt(led[1])).toBe(404);
  await expect(statusAt(led[0])).rejects.toThrow("fetch failed");
  expect(door.finding()).toMatchObject({ name: "instance-door", status: "ok" });
});

it("tells why it is shut, once, and opens when it can", async () => {
  expect(door.finding().status).toBe("warning");
  problem = new Error("no iptables");
  await door.open(end);
  await door.open(end);
  expect(errors).toBe(1);
  expect(door.finding()).toMatchObject({
    status: "warning",
    detail: expect.stringMatching(/no iptables/) as string,
  });
  problem = null;
  await door.open(end);
  expect(door.finding().status).toBe("ok");
  expect(await statusAt(led[0])).toBe(404);
});

it("tells instances the same after each start of the control plane", () => {
  const vault = { deriveKey: (purpose: string) => createSecretKey(Buffer.alloc(32, purpose)) };
  const [one, other] = [0, 1].map(() => buildInstanceTokens({ region: "eu-west-1" }, vault));
  const variables = one?.variables("a".repeat(32)) ?? {};
  expect(variables).toEqual(other?.variables("a".repeat(32)));
  expect(variables).toMatchObject({ AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: "http://169.254.170.2" });
  expect(other?.tokens.instanceOf(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] ?? "")).toBe("a".repeat(32));
});
