import { SlipwayError } from "../../domain/error.ts";
import { assertBelowQuota } from "../../domain/quota.ts";
import type { Handler } from "../handler.ts";
import { toWireRepository } from "../resources/repository.ts";

/** Ours: an empty Git repository to push to. */
export const createRepository: Handler<"CreateRepository"> = async (
  input,
  { repositories, quotas, publicApiUrl },
) => {
  const name = input.RepositoryName;
  if (await repositories.exists(name)) {
    throw new SlipwayError("ResourceNameTaken", { kind: "Repository", name });
  }
  assertBelowQuota((await repositories.list()).length, quotas.repositories, "repositories");
  await repositories.create(name);
  return { Repository: toWireRepository(name, publicApiUrl) };
};
