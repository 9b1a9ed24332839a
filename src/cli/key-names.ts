/** The key of a service as people name it. CreateService takes an ARN only. */
import { ApiError, type Client } from "./client.ts";
import { CliFailure } from "./failure.ts";
import { keyIdOf } from "./key-reference.ts";
import type { DeployWish } from "./wish.ts";

export async function withKeyArn(client: Client, wish: DeployWish): Promise<DeployWish> {
  const { kmsKey } = wish;
  if (kmsKey === undefined || kmsKey.startsWith("arn:")) return wish;
  try {
    const { KeyMetadata: key } = await client.call("TrentService.DescribeKey", { KeyId: keyIdOf(kmsKey) });
    return { ...wish, kmsKey: key.Arn ?? kmsKey };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const hint = error.code.startsWith("AccessDenied")
      ? "A key is looked up with kms:DescribeKey; give its ARN, which needs no look-up."
      : "See which there are: slipway keys";
    throw new CliFailure(`--kms-key: ${error.message} (${error.code})`, { hint, cause: error });
  }
}
