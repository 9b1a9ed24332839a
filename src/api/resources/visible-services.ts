/** For lists that tell of services what belongs to each: those on which the caller may do what shows it one by one. */
import type { Principal } from "../../domain/identity.ts";
import type { Service } from "../../domain/service.ts";
import { tagsOfResource } from "../authorization/resource-tags.ts";
import type { HandlerContext } from "../handler.ts";

export interface Look {
  readonly caller: Principal;
  /** `apprunner:DescribeService`. */
  readonly action: string;
}

export async function visibleServices(
  services: readonly Service[],
  { caller, action }: Look,
  { authorizer, store, scope }: Pick<HandlerContext, "authorizer" | "store" | "scope">,
): Promise<readonly Service[]> {
  const decisions = await Promise.all(
    services.map(({ arn }) =>
      authorizer.decide({
        principal: caller,
        action,
        resource: arn,
        // As the call for one tells it: a denial by this condition counts here too.
        context: new Map([["apprunner:servicearn", [arn]]]),
        resourceTags: () => tagsOfResource(arn, { store, scope }),
      }),
    ),
  );
  return services.filter((_, index) => decisions[index]?.isAllowed === true);
}
