import { expect, test } from "vitest";
import { Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";

const shop = {
  RepositoryName: "shop",
  RepositoryUrl: "slipway://shop",
  PushUrl: "https://slipway.example.com/git/shop.git",
};

test("repos lists what is hosted here", async () => {
  await using api = await startFakeApi({ ListRepositories: () => ({ Repositories: [shop] }) });
  const { out } = await slipway(api, ["repos"]);
  expect(out.split("\n")).toEqual([
    "REPOSITORY  SOURCE          PUSH TO",
    "shop        slipway://shop  https://slipway.example.com/git/shop.git",
  ]);
  expect(JSON.parse((await slipway(api, ["repos", "ls", "--json"])).out)).toEqual([shop]);
  await using empty = await startFakeApi({ ListRepositories: () => ({ Repositories: [] }) });
  expect(await slipway(empty, ["repos"])).toMatchObject({
    exitCode: 0,
    err: expect.stringContaining("No repositories yet"),
  });
});

test("repos rm asks; without a person it needs --yes", async () => {
  await using api = await startFakeApi({ DeleteRepository: () => ({ RepositoryName: "shop" }) });
  const remove = ["repos", "rm", "shop"];
  expect(await slipway(api, remove)).toMatchObject({ exitCode: 2, err: expect.stringContaining("--yes") });
  const person = { isInteractive: true, confirms: false };
  expect(await slipway(api, remove, person)).toMatchObject({ exitCode: 1 });
  expect(api.callsOf("DeleteRepository")).toEqual([]);
  expect(await slipway(api, remove, { ...person, confirms: true })).toMatchObject({ exitCode: 0 });
  const { out } = await slipway(api, [...remove, "--yes", "--json"]);
  expect(JSON.parse(out)).toEqual({ RepositoryName: "shop" });
  expect(api.callsOf("DeleteRepository").map(({ input }) => input)).toEqual([
    { RepositoryName: "shop" },
    { RepositoryName: "shop" },
  ]);
});

test("repos rm says which service is built from it, and what to do", async () => {
  const message = "Repository shop is in use by web. Delete the service first, or give it another source.";
  await using api = await startFakeApi({
    DeleteRepository: () => {
      throw new Refusal("InvalidRequestException", message);
    },
  });
  expect(await slipway(api, ["repos", "rm", "shop", "--yes"])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining(message),
  });
});

test("help and mistakes are the same below a command as at the top", async () => {
  await using api = await startFakeApi({});
  expect(await slipway(api, ["repos", "rm"])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("missing required argument"),
  });
  expect((await slipway(api, ["repos", "--help"])).out).toContain("$ slipway repos rm shop");
  expect((await slipway(api, ["repos", "rm", "--help"])).out).toContain("$ slipway repos rm shop --yes");
});
