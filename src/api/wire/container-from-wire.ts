/** What images and source code have in common on the wire: port, variables, secrets. */
import type { RunSettings } from "../../domain/code-source.ts";
import { assertEnvironment, assertSecrets } from "../../domain/environment.ts";
import { SlipwayError } from "../../domain/error.ts";

export const DEFAULT_PORT = "8080";
const PORT = /^[1-9]\d{0,4}$/;
const MAX_PORT = 65_535;

/** App Runner's Port is a string. `place`: path of the structure it stands in. */
export function assertPort(port: string, place: string): void {
  if (PORT.test(port) && Number(port) <= MAX_PORT) return;
  throw invalid(`${place}.Port`, `must be a number from 1 to ${MAX_PORT}, written as a string`);
}

interface GivenEnvironment {
  readonly RuntimeEnvironmentVariables?: Readonly<Record<string, string>> | undefined;
  readonly RuntimeEnvironmentSecrets?: Readonly<Record<string, string>> | undefined;
}

/** Variables and secrets share one space of names in the container. [App Runner] `place`: path of their structure. */
export function environmentFromWire(
  given: GivenEnvironment,
  place: string,
): Pick<RunSettings, "environment" | "environmentSecrets"> {
  const environment = given.RuntimeEnvironmentVariables ?? {};
  const environmentSecrets = given.RuntimeEnvironmentSecrets ?? {};
  assertEnvironment(environment, `${place}.RuntimeEnvironmentVariables`);
  assertSecrets(environmentSecrets, environment, `${place}.RuntimeEnvironmentSecrets`);
  return { environment, environmentSecrets };
}

export function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
