import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { assertRepository, servicesBuiltFrom } from "../resources/repository.ts";

/** Ours: a repository with all it holds, unless a service could not be deployed without it any more. */
export const deleteRepository: Handler<"DeleteRepository"> = async (input, { repositories, store }) => {
  const name = input.RepositoryName;
  await assertRepository(name, repositories);
  const users = await servicesBuiltFrom(name, store);
  if (users.length > 0) {
    throw new SlipwayError("ResourceInUse", {
      kind: "Repository",
      arn: name,
      users: users.map((service) => service.name).join(", "),
      remedy: "Delete the service first, or give it another source.",
    });
  }
  await repositories.remove(name);
  return { RepositoryName: name };
};
