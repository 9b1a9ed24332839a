/**
 * The first deployment: an example becomes a repository, the repository a service. Each step is one operation of the API. An
 * answer that is lost (Chromium drops what is under way whenever the machine gets a network interface) is asked for again: what
 * is there then and was not before is what was made. What was there before is somebody's own and stays as it is: the example
 * takes another name.
 */
import type { ApiError, call as callApi } from "../../api/call.ts";
import type { Output } from "../../api/wire.ts";
import { services as texts } from "../../texts.ts";
import { repositoryName, toCreateRequest } from "./first-request.ts";

export type Example = Output<"Slipway.ListExamples">["Examples"][number];
export type FirstStep = "repository" | "look" | "create";

export interface FirstDeployOptions {
  readonly call: Call;
  readonly onStep: (step: FirstStep) => void;
}

type Call = typeof callApi;
type Summary = Output<"AppRunner.ListServices">["ServiceSummaryList"][number];

const NAMES_MAX = 20;
const MOST_LOST = 4;
const RETRY_MS = 400;

/** Returns the service's id. Throws ApiError. */
export async function deployExample(example: Example, { call, onStep }: FirstDeployOptions): Promise<string> {
  onStep("repository");
  const repository = await makeRepository(example, call);
  onStep("look");
  const detected = await surely(() => call("Slipway.DetectSource", { RepositoryUrl: urlOf(repository) }));
  if (detected.answer === undefined) throw detected.error;
  onStep("create");
  return makeService(example, detected.answer, call);
}

/** `hello`, `hello-2` …: whoever tried before has left one. */
async function makeRepository({ Name: example }: Example, call: Call): Promise<string> {
  const before = await repositoriesOf(call);
  for (const name of namesOf(example)) {
    if (before.has(name)) continue;
    const { answer, wasLost, error } = await surely(() =>
      call("Slipway.CreateRepository", { RepositoryName: name, Example: example }),
    );
    if (answer !== undefined || (wasLost && !(await isInUse(name, call)))) return name;
    if (!isTakenError(error)) throw error;
  }
  throw new Error(texts.first.tooManyRepositories(example));
}

async function repositoriesOf(call: Call): Promise<ReadonlySet<string>> {
  const { answer, error } = await surely(() => call("Slipway.ListRepositories", {}));
  if (answer === undefined) throw error;
  return new Set(answer.Repositories.map(({ RepositoryName }) => RepositoryName));
}

/** Somebody made it in the same moment, and has come further. */
async function isInUse(name: string, call: Call): Promise<boolean> {
  const services = await servicesOf(call);
  const sources = await Promise.all(services.map(({ ServiceArn = "" }) => sourceOf(ServiceArn, call)));
  return sources.includes(urlOf(name));
}

async function servicesOf(call: Call): Promise<readonly Summary[]> {
  const services: Summary[] = [];
  for (let NextToken: string | undefined; ;) {
    const page = await call("AppRunner.ListServices", NextToken === undefined ? {} : { NextToken });
    services.push(...page.ServiceSummaryList);
    if (page.NextToken === undefined) return services;
    NextToken = page.NextToken;
  }
}

async function sourceOf(arn: string, call: Call): Promise<string | undefined> {
  const { Service } = await call("AppRunner.DescribeService", { ServiceArn: arn });
  return Service.SourceConfiguration.CodeRepository?.RepositoryUrl;
}

async function makeService(
  { Name: example }: Example,
  detected: Output<"Slipway.DetectSource">,
  call: Call,
): Promise<string> {
  for (const name of namesOf(example)) {
    const { answer, wasLost, error } = await surely(() =>
      call("AppRunner.CreateService", toCreateRequest(name, detected)),
    );
    if (answer !== undefined) return answer.Service.ServiceId;
    if (!isTakenError(error)) throw error;
    const made = wasLost ? await madeService(name, detected, call) : undefined;
    if (made !== undefined) return made;
  }
  throw new Error(texts.first.tooManyServices(example));
}

/** The service of this name, if it is built from what was made for it. */
async function madeService(
  name: string,
  { CodeRepository }: Output<"Slipway.DetectSource">,
  call: Call,
): Promise<string | undefined> {
  const services = await servicesOf(call);
  const { ServiceArn = "", ServiceId } = services.find((one) => one.ServiceName === name) ?? {};
  const isOurs = ServiceArn !== "" && (await sourceOf(ServiceArn, call)) === CodeRepository.RepositoryUrl;
  return isOurs ? ServiceId : undefined;
}

function namesOf(example: string): readonly string[] {
  return Array.from({ length: NAMES_MAX }, (_, index) => repositoryName(example, index + 1));
}

function urlOf(repository: string): string {
  return `slipway://${repository}`;
}

interface Outcome<Answer> {
  /** Absent: it is there already. */
  readonly answer?: Answer;
  /** An answer was lost before: then it may be this one's work. */
  readonly wasLost: boolean;
  readonly error?: unknown;
}

async function surely<Answer>(act: () => Promise<Answer>): Promise<Outcome<Answer>> {
  for (let lost = 0; ; lost += 1) {
    try {
      return { answer: await act(), wasLost: lost > 0 };
    } catch (error) {
      if (isTakenError(error)) return { wasLost: lost > 0, error };
      if ((error as Partial<ApiError>).status !== 0 || lost === MOST_LOST) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function isTakenError(error: unknown): boolean {
  return error instanceof Error && error.message.includes("already exists");
}
