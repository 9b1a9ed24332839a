import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";
import { MEASURED } from "../../test/support/processor-time.ts";

let slipway: TestApi;
let client: SSMClient;

beforeEach(async () => {
  slipway = await startTestApi();
  const { endpoint, key } = slipway;
  client = new SSMClient({
    region: testScope.region,
    endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
});
afterEach(async () => {
  client.destroy();
  await slipway.close();
});

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));
const read = async (Name: string, WithDecryption = false) =>
  (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
const refusal = async (attempt: Promise<unknown>): Promise<{ name: string; message: string }> =>
  attempt.then(
    () => ({ name: "accepted", message: "" }),
    ({ name, message }: Error) => ({ name, message }),
  );

describe("a parameter", () => {
  test("is found by name, by version and by ARN", async () => {
    expect(await put("/shop/host", "one")).toMatchObject({ Version: 1, Tier: "Standard" });
    await put("/shop/host", "two", { Overwrite: true });
    const arn = "arn:aws:ssm:us-east-1:000000000000:parameter/shop/host";
    expect(await read("/shop/host")).toMatchObject({
      Name: "/shop/host",
      ARN: arn,
      Type: "String",
      Value: "two",
      Version: 2,
      DataType: "text",
    });
    expect(await read("/shop/host:1")).toMatchObject({ Value: "one", Version: 1, Selector: ":1" });
    expect(await read(arn)).toMatchObject({ Value: "two" });
    await put("plain", "three");
    expect(await read("arn:aws:ssm:us-east-1:000000000000:parameter/plain")).toMatchObject({
      Value: "three",
    });
  });

  test("of the type SecureString is opened with WithDecryption only", async () => {
    await put("/shop/password", "hunter2", { Type: "SecureString" });
    const sealed = await read("/shop/password");
    expect([sealed?.Type, sealed?.Value]).toEqual(["SecureString", expect.not.stringContaining("hunter2")]);
    expect(await read("/shop/password", true)).toMatchObject({ Value: "hunter2" });
    const { Parameters } = await client.send(new GetParameterHistoryCommand({ Name: "/shop/password" }));
    expect(Parameters).toMatchObject([{ KeyId: "alias/aws/ssm", Version: 1 }]);
    expect(JSON.stringify(Parameters)).not.toContain("hunter2");
  });

  test("is overwritten only when asked, and keeps its type", async () => {
    await put("host", "one", { Description: "of the shop" });
    expect(await refusal(put("host", "two"))).toEqual({
      name: "ParameterAlreadyExists",
      message:
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    });
    const other = put("host", "two", { Type: "SecureString", Overwrite: true });
    expect(await refusal(other)).toMatchObject({ name: "HierarchyTypeMismatchException" });
    expect(
      await refusal(put("host", "two", { Overwrite: true, Tags: [{ Key: "a", Value: "b" }] })),
    ).toMatchObject({ name: "ValidationException" });
    await client.send(new PutParameterCommand({ Name: "host", Value: "two", Overwrite: true }));
    const { Parameters } = await client.send(new DescribeParametersCommand({}));
    expect(Parameters).toMatchObject([{ Name: "host", Description: "of the shop", Version: 2 }]);
  });

  test("that is not there is a ParameterNotFound, a version that is not a ParameterVersionNotFound", async () => {
    await put("host", "one");
    for (const name of ["other", "arn:aws:ssm:eu-west-1:000000000000:parameter/host"]) {
      expect(await refusal(read(name))).toMatchObject({ name: "ParameterNotFound" });
    }
    for (const name of ["host:2", "host:latest"]) {
      expect(await refusal(read(name))).toMatchObject({ name: "ParameterVersionNotFound" });
    }
    const foreign = read("arn:aws:ssm:us-east-1:111111111111:parameter/host");
    expect(await refusal(foreign)).toMatchObject({ name: "AccessDeniedException" });
  });

  test.each(["a/b", "/a//b", "/a/", "aws-thing", "/ssm/thing", "a b"])("is not named %j", async (name) => {
    expect(await refusal(put(name, "one"))).toMatchObject({ name: "ValidationException" });
  });

  test.each([
    ["db", "/db"],
    ["/db", "db"],
  ])("named %s leaves no room for %s, which has its ARN", async (name, twin) => {
    await put(name, "one");
    for (const Overwrite of [false, true]) {
      expect(await refusal(put(twin, "two", { Overwrite }))).toEqual({
        name: "ParameterAlreadyExists",
        message: `The parameter ${name} exists already, and has the same ARN. Take another name.`,
      });
    }
    await put("/shop/db", "three");
    expect(await read("arn:aws:ssm:us-east-1:000000000000:parameter/db")).toMatchObject({ Value: "one" });
  });

  test("has at most fifteen levels", async () => {
    await put("/a".repeat(15), "one");
    expect(await refusal(put("/a".repeat(16), "one"))).toMatchObject({
      name: "HierarchyLevelLimitExceededException",
    });
  });

  test("holds 4 KiB, 8 KiB in the advanced tier, which intelligent tiering chooses", async () => {
    const large = "x".repeat(4097);
    expect(await refusal(put("a", large))).toEqual({
      name: "ValidationException",
      message: "Value: it has 4097 bytes and may have 4096; with the tier Advanced 8192.",
    });
    expect(await put("a", large, { Tier: "Advanced" })).toMatchObject({ Tier: "Advanced" });
    expect(await put("b", large, { Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
    const less = put("a", "x", { Tier: "Standard", Overwrite: true });
    expect(await refusal(less)).toMatchObject({ name: "ValidationException" });
  });

  test("matches its AllowedPattern, now and later", async () => {
    await put("port", "80", { AllowedPattern: "^\\d+$" });
    expect(await refusal(put("port", "hunter2", { Overwrite: true }))).toEqual({
      name: "ParameterPatternMismatchException",
      message: "Parameter value, cannot be validated against allowedPattern: ^\\d+$",
    });
    expect(await refusal(put("other", "1", { AllowedPattern: "(" }))).toMatchObject({
      name: "InvalidAllowedPatternException",
    });
  });

  test("with a pattern that would take for ever is refused in a moment", MEASURED, async () => {
    const start = performance.now();
    const slow = put("slow", `${"a".repeat(60)}!`, { AllowedPattern: "^(a+)+$" });
    expect(await refusal(slow)).toEqual({
      name: "InvalidAllowedPatternException",
      message: "AllowedPattern: it takes too long to match.",
    });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test("keeps a hundred versions", async () => {
    await put("n", "1");
    for (let index = 2; index <= 103; index += 1) await put("n", `${index}`, { Overwrite: true });
    const versions: (number | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new GetParameterHistoryCommand({ Name: "n", NextToken }));
      versions.push(...(page.Parameters ?? []).map(({ Version }) => Version));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect([versions.length, versions[0], versions.at(-1)]).toEqual([100, 4, 103]);
    expect(await refusal(read("n:3"))).toMatchObject({ name: "ParameterVersionNotFound" });
  });

  test("is refused what is not there", async () => {
    const more = [{ KeyId: "alias/mine" }, { Policies: "[]" }, { DataType: "aws:ec2:image" }];
    for (const one of more) {
      expect(await refusal(put("a", "b", one))).toMatchObject({ name: "ValidationException" });
    }
  });

  test("has tags", async () => {
    await put("host", "one", { Tags: [{ Key: "team", Value: "shop" }] });
    const of = { ResourceType: "Parameter", ResourceId: "host" } as const;
    await client.send(new AddTagsToResourceCommand({ ...of, Tags: [{ Key: "a", Value: "b" }] }));
    await client.send(new RemoveTagsFromResourceCommand({ ...of, TagKeys: ["team"] }));
    const { TagList } = await client.send(new ListTagsForResourceCommand(of));
    expect(TagList).toEqual([{ Key: "a", Value: "b" }]);
    const unknown = client.send(new ListTagsForResourceCommand({ ...of, ResourceId: "other" }));
    expect(await refusal(unknown)).toMatchObject({ name: "InvalidResourceId" });
    const document = client.send(new ListTagsForResourceCommand({ ...of, ResourceType: "Document" }));
    expect(await refusal(document)).toMatchObject({ name: "InvalidResourceType" });
  });
});

describe("several parameters", () => {
  beforeEach(async () => {
    for (const name of ["/shop/a", "/shop/deep/b", "/shopping", "top"]) await put(name, `value of ${name}`);
    await put("/shop/secret", "hunter2", { Type: "SecureString" });
  });

  test("are read at once, with the names of those that are not there", async () => {
    const { Parameters, InvalidParameters } = await client.send(
      new GetParametersCommand({ Names: ["top", "/other", "/shop/a:1", "top:9"] }),
    );
    expect((Parameters ?? []).map(({ Value }) => Value)).toEqual(["value of top", "value of /shop/a"]);
    expect(InvalidParameters).toEqual(["/other", "top:9"]);
    for (const Names of [[], ["a", "a"], Array.from({ length: 11 }, (_, index) => `n${index}`)]) {
      const wrong = client.send(new GetParametersCommand({ Names }));
      expect(await refusal(wrong)).toMatchObject({ name: "ValidationException" });
    }
  });

  const below = async (Path: string, more = {}) => {
    const { Parameters } = await client.send(new GetParametersByPathCommand({ Path, ...more }));
    return (Parameters ?? []).map(({ Name }) => Name);
  };

  test("are found by path: one level, or all below it", async () => {
    expect(await below("/shop")).toEqual(["/shop/a", "/shop/secret"]);
    expect(await below("/shop/", { Recursive: true })).toEqual(["/shop/a", "/shop/deep/b", "/shop/secret"]);
    expect(await below("/")).toEqual(["/shopping", "top"]);
    expect(await below("/nothing")).toEqual([]);
    const secure = [{ Key: "Type", Option: "Equals", Values: ["SecureString"] }];
    expect(await below("/shop", { ParameterFilters: secure })).toEqual(["/shop/secret"]);
    const { Parameters } = await client.send(
      new GetParametersByPathCommand({ Path: "/shop", WithDecryption: true }),
    );
    expect(Parameters?.[1]).toMatchObject({ Value: "hunter2" });
  });

  test("come page by page", async () => {
    const first = await client.send(
      new GetParametersByPathCommand({ Path: "/shop", Recursive: true, MaxResults: 2 }),
    );
    const { NextToken } = first;
    expect(first.Parameters).toHaveLength(2);
    expect(await below("/shop", { Recursive: true, MaxResults: 2, NextToken })).toEqual(["/shop/secret"]);
    expect(await refusal(below("/", { NextToken }))).toMatchObject({ name: "InvalidNextToken" });
  });

  test("are described without their values, and filtered", async () => {
    const describeBy = async (more = {}) => {
      const { Parameters } = await client.send(new DescribeParametersCommand(more));
      return (Parameters ?? []).map(({ Name }) => Name);
    };
    const byName = (Option: string, value: string) => ({
      ParameterFilters: [{ Key: "Name", Option, Values: [value] }],
    });
    expect(await describeBy()).toHaveLength(5);
    expect(await describeBy(byName("Equals", "top"))).toEqual(["top"]);
    expect(await describeBy(byName("BeginsWith", "/shop/"))).toHaveLength(3);
    expect(await describeBy(byName("Contains", "deep"))).toEqual(["/shop/deep/b"]);
    expect(await describeBy({ Filters: [{ Key: "Name", Values: ["/shopp"] }] })).toEqual(["/shopping"]);
    const path = { Key: "Path", Option: "Recursive", Values: ["/shop"] };
    expect(await describeBy({ ParameterFilters: [path] })).toHaveLength(3);
    const label = describeBy({ ParameterFilters: [{ Key: "Label", Values: ["x"] }] });
    expect(await refusal(label)).toMatchObject({ name: "InvalidFilterKey" });
    expect(await refusal(describeBy(byName("Around", "x")))).toMatchObject({ name: "InvalidFilterOption" });
    const many = describeBy({
      ParameterFilters: [{ Key: "Name", Values: Array.from({ length: 51 }, () => "x") }],
    });
    expect(await refusal(many)).toMatchObject({ name: "ValidationException" });
  });

  test("are left out of a path when they are deleted while it is read", async () => {
    const { parameters } = slipway.store;
    const list = parameters.list.bind(parameters);
    vi.spyOn(parameters, "list").mockImplementationOnce(async (prefix, page) => {
      const found = await list(prefix, page);
      await client.send(new DeleteParameterCommand({ Name: "/shop/a" }));
      return found;
    });
    expect(await below("/shop")).toEqual(["/shop/secret"]);
  });

  test("are not deleted by the name of one of their versions", async () => {
    const one = client.send(new DeleteParameterCommand({ Name: "/shop/a:1" }));
    expect(await refusal(one)).toMatchObject({ name: "ParameterNotFound" });
    const result = await client.send(new DeleteParametersCommand({ Names: ["/shop/a:1", "top"] }));
    expect(result).toMatchObject({ DeletedParameters: ["top"], InvalidParameters: ["/shop/a:1"] });
    expect(await read("/shop/a")).toMatchObject({ Value: "value of /shop/a" });
    const history = client.send(new GetParameterHistoryCommand({ Name: "/shop/a:1" }));
    expect(await refusal(history)).toMatchObject({ name: "ParameterNotFound" });
  });

  test("are deleted, one by one or at once", async () => {
    await client.send(new DeleteParameterCommand({ Name: "top" }));
    expect(await refusal(client.send(new DeleteParameterCommand({ Name: "top" })))).toMatchObject({
      name: "ParameterNotFound",
    });
    const result = await client.send(new DeleteParametersCommand({ Names: ["/shop/a", "top"] }));
    expect(result).toMatchObject({ DeletedParameters: ["/shop/a"], InvalidParameters: ["top"] });
    expect(await slipway.store.sealedValues.get("/shop/a", "1")).toBeNull();
  });
});

test("a filter that is none is refused where there is nothing to filter, too", async () => {
  for (const ParameterFilters of [[{ Key: "Label", Values: ["x"] }], [{ Key: "Name", Option: "Around" }]]) {
    const listed = client.send(new DescribeParametersCommand({ ParameterFilters }));
    expect(await refusal(listed)).toMatchObject({ name: expect.stringMatching(/^InvalidFilter/) as string });
  }
});
