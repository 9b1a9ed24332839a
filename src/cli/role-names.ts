/** Roles as people name them. The API takes ARNs only, which a role with a path is not told by. */
import { ApiError, type Client } from "./client.ts";
import { CliFailure } from "./failure.ts";
import type { DeployWish } from "./wish.ts";

export async function withRoleArns(client: Client, wish: DeployWish): Promise<DeployWish> {
  const { instanceRole, accessRole } = wish;
  return {
    ...wish,
    ...(instanceRole !== undefined && { instanceRole: await arnOf(client, instanceRole) }),
    ...(accessRole !== undefined && { accessRole: await arnOf(client, accessRole) }),
  };
}

async function arnOf(client: Client, role: string): Promise<string> {
  if (role.startsWith("arn:")) return role;
  try {
    const reply = await client.call("AWSIdentityManagementV20100508.GetRole", { RoleName: role });
    return reply.Role.Arn;
  } catch (error) {
    if (!(error instanceof ApiError) || !error.code.startsWith("AccessDenied")) throw error;
    throw new CliFailure(`${error.message} (${error.code})`, {
      cause: error,
      hint: "A role's name is looked up with iam:GetRole; give its ARN, which needs no look-up.",
    });
  }
}
