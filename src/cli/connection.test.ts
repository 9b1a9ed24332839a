import { expect, test } from "vitest";
import { findConnection } from "./connection.ts";
import type { Environment } from "./hooks.ts";

const INFO = JSON.stringify({ ApiEndpoint: "http://127.0.0.1:7070", Region: "eu-west-1" });
const CREDENTIALS =
  "[default]\naws_access_key_id = OTHER\n\n[slipway]\naws_access_key_id = AKID\naws_secret_access_key = a=b\n";

function find(environment: Environment, files: Readonly<Record<string, string>>, usesAwsEnvironment = false) {
  const io = {
    environment,
    async readFile(path: string): Promise<string> {
      const text = files[path];
      if (text === "DENIED") throw Object.assign(new Error(path), { code: "EACCES" });
      if (text === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
      return text;
    },
  };
  return findConnection(io, { stateDirectory: "/state", usesAwsEnvironment });
}

const FILES = { "/state/info.json": INFO, "/state/credentials": CREDENTIALS };

test("the state directory tells endpoint, region and key", async () => {
  expect(await find({}, FILES)).toEqual({
    endpoint: new URL("http://127.0.0.1:7070"),
    region: "eu-west-1",
    credentials: { accessKeyId: "AKID", secretAccessKey: "a=b" },
  });
});

test("variables win over the state directory, and are enough without one", async () => {
  const environment = {
    SLIPWAY_ENDPOINT: "https://paas.example.com",
    SLIPWAY_REGION: "us-west-2",
    SLIPWAY_ACCESS_KEY_ID: "MINE",
    SLIPWAY_SECRET_ACCESS_KEY: "secret",
  };
  const expected = {
    endpoint: new URL("https://paas.example.com"),
    region: "us-west-2",
    credentials: { accessKeyId: "MINE", secretAccessKey: "secret" },
  };
  expect(await find(environment, FILES)).toEqual(expected);
  expect(await find(environment, {})).toEqual(expected);
});

test("AWS's own variables are used only when asked for", async () => {
  const environment = {
    AWS_ACCESS_KEY_ID: "REAL",
    AWS_SECRET_ACCESS_KEY: "real",
    AWS_SESSION_TOKEN: "t",
    AWS_REGION: "sa-east-1",
  };
  expect(await find(environment, FILES)).toMatchObject({
    region: "eu-west-1",
    credentials: { accessKeyId: "AKID" },
  });
  expect(await find(environment, FILES, true)).toMatchObject({
    region: "sa-east-1",
    credentials: { accessKeyId: "REAL", secretAccessKey: "real", sessionToken: "t" },
  });
  await expect(find({}, FILES, true)).rejects.toThrow("AWS_ACCESS_KEY_ID");
});

test.each([
  ["nothing was started", {}, {}, "No Slipway was started"],
  ["another user's state", {}, { "/state/info.json": "DENIED" }, "cannot be read (EACCES)"],
  ["broken info", {}, { "/state/info.json": "{" }, "not valid JSON"],
  ["no profile", {}, { ...FILES, "/state/credentials": "[default]\n" }, "no profile [slipway]"],
  ["a strange endpoint", { SLIPWAY_ENDPOINT: "localhost:7070" }, FILES, "not an endpoint"],
])("%s: says so, and what to do", async (_what, environment, files, message) => {
  const error: unknown = await find(environment, files).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    message: expect.stringContaining(message),
    hint: expect.stringMatching(/\S/),
  });
});
