import { expect, test } from "vitest";
import { ApiError, createClient, Unreachable } from "./client.ts";
import { NOW_MS, Refusal, startFakeApi } from "./testing/fake-api.ts";

const credentials = { accessKeyId: "AKID", secretAccessKey: "secret" };

function clientOf(endpoint: string) {
  const pauses: number[] = [];
  const io = { now: () => NOW_MS, sleep: async (durationMs: number) => void pauses.push(durationMs) };
  return {
    pauses,
    client: createClient(io, { endpoint: new URL(endpoint), region: "us-east-1", credentials }),
  };
}

test("a call that only reads is repeated when the server fails, one that changes something is not", async () => {
  await using api = await startFakeApi({
    ListServices: (_input, times) => {
      if (times < 3) throw new Refusal("InternalServiceErrorException", "later", 500);
      return { ServiceSummaryList: [] };
    },
    PauseService: () => {
      throw new Refusal("InternalServiceErrorException", "later", 500);
    },
  });
  const { client, pauses } = clientOf(api.endpoint);
  expect(await client.call("AppRunner.ListServices", {})).toEqual({ ServiceSummaryList: [] });
  expect(pauses).toEqual([200, 600]);
  await expect(client.call("AppRunner.PauseService", { ServiceArn: "a" })).rejects.toThrow("later");
  expect(api.callsOf("PauseService")).toHaveLength(1);
});

test("a refusal keeps the API's code, with and without its name space, and is not repeated", async () => {
  await using api = await startFakeApi({
    ListServices: () => {
      throw new Refusal("com.amazonaws.apprunner#InvalidRequestException", "MaxResults: too large");
    },
  });
  const error = await clientOf(api.endpoint)
    .client.call("AppRunner.ListServices", {})
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    code: "InvalidRequestException",
    status: 400,
    message: "MaxResults: too large",
  });
  expect(api.calls).toHaveLength(1);
});

test("when nobody answers the endpoint is named, and no secret", async () => {
  const api = await startFakeApi({});
  await api[Symbol.asyncDispose]();
  const error = await clientOf(api.endpoint)
    .client.call("AppRunner.ListServices", {})
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Unreachable);
  expect(String(error)).toContain(api.endpoint);
});
