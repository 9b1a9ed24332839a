import type { Handler } from "../handler.ts";
import { toWireRepository } from "../resources/repository.ts";

/** Ours: all of them, for the quota keeps the list short. */
export const listRepositories: Handler<"ListRepositories"> = async (
  _input,
  { repositories, publicApiUrl },
) => {
  const names = await repositories.list();
  return { Repositories: names.map((name) => toWireRepository(name, publicApiUrl)) };
};
