/** An example's first deployment over a connection that loses answers, in an account where others are at work. */
import { beforeEach, expect, test, vi } from "vitest";
import { deployExample, type FirstDeployOptions } from "./first-deploy.ts";

type Call = FirstDeployOptions["call"];

/** The part of the API that is used, with what it holds. */
let repositories: string[];
let services: { readonly name: string; readonly source: string }[];
/** Target → how many of its next answers are lost, and what somebody else does just before the first one is done. */
let losses: Map<string, { count: number; readonly before?: () => void }>;

beforeEach(() => {
  vi.useFakeTimers();
  repositories = [];
  services = [];
  losses = new Map();
  return () => vi.useRealTimers();
});

const taken = () => Object.assign(new Error("It already exists"), { status: 400 });
const lost = () => Object.assign(new Error("Slipway does not answer."), { status: 0 });

function act(target: string, input: Record<string, unknown>): unknown {
  const name = (input["RepositoryName"] ?? input["ServiceName"] ?? "") as string;
  switch (target) {
    case "Slipway.ListRepositories":
      return { Repositories: repositories.map((RepositoryName) => ({ RepositoryName })) };
    case "Slipway.CreateRepository":
      if (repositories.includes(name)) throw taken();
      repositories.push(name);
      return {};
    case "Slipway.DetectSource":
      return { CodeRepository: { RepositoryUrl: input["RepositoryUrl"] }, Remarks: [] };
    case "AppRunner.ListServices":
      return {
        ServiceSummaryList: services.map(({ name }) => ({
          ServiceName: name,
          ServiceArn: name,
          ServiceId: `id of ${name}`,
        })),
      };
    case "AppRunner.DescribeService": {
      const { source: RepositoryUrl } = services.find((one) => one.name === input["ServiceArn"]) ?? {};
      return { Service: { SourceConfiguration: { CodeRepository: { RepositoryUrl } } } };
    }
    default: {
      if (services.some((one) => one.name === name)) throw taken();
      const source = input["SourceConfiguration"] as { CodeRepository: { RepositoryUrl: string } };
      services.push({ name, source: source.CodeRepository.RepositoryUrl });
      return { Service: { ServiceId: `id of ${name}` } };
    }
  }
}

const call = ((target: string, input: Record<string, unknown>) => {
  const loss = losses.get(target);
  const isLost = loss !== undefined && loss.count > 0;
  if (isLost) {
    loss.count -= 1;
    loss.before?.();
  }
  try {
    const answer = act(target, input);
    return isLost ? Promise.reject(lost()) : Promise.resolve(answer);
  } catch (error) {
    return Promise.reject(isLost ? lost() : (error as Error));
  }
}) as unknown as Call;

/** Its pauses pass at once. */
async function deploy(): Promise<string> {
  const example = { Name: "hello", Title: "Hello", Description: "" };
  const end = new AbortController();
  const deployed = deployExample(example, { call, onStep: () => undefined }).finally(() => end.abort());
  deployed.catch(() => undefined);
  while (!end.signal.aborted) await vi.runAllTimersAsync();
  return deployed;
}

test("an example becomes a repository and a service of its name", async () => {
  expect(await deploy()).toBe("id of hello");
  expect([repositories, services]).toEqual([["hello"], [{ name: "hello", source: "slipway://hello" }]]);
});

test("what was there before stays somebody's own, also when answers are lost", async () => {
  repositories = ["hello"];
  services = [{ name: "hello-2", source: "https://git.example.com/x.git" }];
  losses.set("Slipway.CreateRepository", { count: 2 });
  losses.set("AppRunner.CreateService", { count: 2 });
  expect(await deploy()).toBe("id of hello");
  expect(repositories).toEqual(["hello", "hello-2"]);
  expect(services.at(-1)).toEqual({ name: "hello", source: "slipway://hello-2" });
});

test("a service of the same name is not taken for the one that was made", async () => {
  services = [{ name: "hello", source: "slipway://other" }];
  losses.set("AppRunner.CreateService", { count: 1 });
  expect(await deploy()).toBe("id of hello-2");
  expect(services.at(-1)).toEqual({ name: "hello-2", source: "slipway://hello" });
});

test("after a lost answer what was made is taken, and nothing is made twice", async () => {
  losses.set("Slipway.ListRepositories", { count: 1 });
  losses.set("Slipway.CreateRepository", { count: 1 });
  losses.set("Slipway.DetectSource", { count: 1 });
  losses.set("AppRunner.CreateService", { count: 1 });
  expect(await deploy()).toBe("id of hello");
  expect([repositories.length, services.length]).toEqual([1, 1]);
});

test("a repository that somebody made in the same moment and uses is left to them", async () => {
  losses.set("Slipway.CreateRepository", {
    count: 1,
    before: () => {
      repositories.push("hello");
      services.push({ name: "theirs", source: "slipway://hello" });
    },
  });
  expect(await deploy()).toBe("id of hello");
  expect(repositories).toEqual(["hello", "hello-2"]);
  expect(services.at(-1)?.source).toBe("slipway://hello-2");
});

test("a refusal ends it, and so does a control plane that stays away", async () => {
  losses.set("Slipway.CreateRepository", { count: 100 });
  await expect(deploy()).rejects.toThrow("does not answer");
});
