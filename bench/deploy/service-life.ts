/** A service from CreateService over one StartDeployment to its end, timed from outside at its URL. */
import { type AppRunnerClient, StartDeploymentCommand } from "@aws-sdk/client-apprunner";
import { create, remove, untilRunning } from "../support/services.ts";
import { isOk, stopwatch, untilAnswer } from "../support/stopwatch.ts";

export interface LifeTimes {
  /** CreateService to the first 200 at the URL. */
  readonly createMs: number;
  /** CreateService to status RUNNING. */
  readonly createRunningMs: number;
  /** StartDeployment to the first answer of the new instance at the URL. */
  readonly deployMs: number;
  /** StartDeployment to status RUNNING again, the old instance gone. */
  readonly deployRunningMs: number;
}

export async function measureLife(
  client: AppRunnerClient,
  options: { readonly name: string; readonly image: string; readonly edgePort: number },
): Promise<LifeTimes> {
  const since = stopwatch();
  const { arn, url } = await create(client, options.name, options.image);
  const target = { address: "127.0.0.1", port: options.edgePort, host: url };
  const first = await untilAnswer(target, isOk);
  const createMs = since();
  await untilRunning(client, arn);
  const createRunningMs = since();

  const sinceDeploy = stopwatch();
  await client.send(new StartDeploymentCommand({ ServiceArn: arn }));
  // The application tells its host name, which is the instance's own.
  await untilAnswer(target, (answer) => isOk(answer) && answer.body !== first.body);
  const deployMs = sinceDeploy();
  await untilRunning(client, arn);
  const deployRunningMs = sinceDeploy();
  await remove(client, arn);
  return { createMs, createRunningMs, deployMs, deployRunningMs };
}
