import { SlipwayError } from "../../domain/error.ts";
import { assertBelowQuota } from "../../domain/quota.ts";
import type { FirstCommit } from "../../ports/hosted-repositories.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { toWireRepository } from "../resources/repository.ts";

/** Of what comes with Slipway: nobody of the account wrote it. */
const AUTHOR = { name: "Slipway", email: "slipway@localhost" };

/** Ours: a Git repository to push to, empty or with an example application in it. */
export const createRepository: Handler<"CreateRepository"> = async (input, context) => {
  const { repositories, quotas, publicApiUrl } = context;
  const name = input.RepositoryName;
  if (await repositories.exists(name)) {
    throw new SlipwayError("ResourceNameTaken", { kind: "Repository", name });
  }
  assertBelowQuota((await repositories.list()).length, quotas.repositories, "repositories");
  await repositories.create(name, await firstCommit(input.Example, context));
  return { Repository: toWireRepository(name, publicApiUrl) };
};

async function firstCommit(
  example: string | undefined,
  { examples, clock }: Pick<HandlerContext, "examples" | "clock">,
): Promise<FirstCommit | undefined> {
  if (example === undefined) return undefined;
  const files = await examples.filesOf(example);
  if (files === null) throw new SlipwayError("NoSuchResource", { kind: "Example", arn: example });
  return { author: AUTHOR, message: `Example: ${example}`, committedAtMs: clock.now(), files };
}
