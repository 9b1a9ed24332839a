/** What images and source code have in common on the wire: port, variables, secrets. */
import { SlipwayError } from "../../domain/error.ts";
import { notSupportedYet } from "./not-supported-yet.ts";

export const DEFAULT_PORT = "8080";
const PORT = /^[1-9]\d{0,4}$/;
const MAX_PORT = 65_535;

/** App Runner's Port is a string. `place`: path of the structure it stands in. */
export function assertPort(port: string, place: string): void {
  if (PORT.test(port) && Number(port) <= MAX_PORT) return;
  throw invalid(`${place}.Port`, `must be a number from 1 to ${MAX_PORT}, written as a string`);
}

export function refuseSecrets(secrets: Readonly<Record<string, string>>, place: string): void {
  if (Object.keys(secrets).length === 0) return;
  throw notSupportedYet(
    `${place}.RuntimeEnvironmentSecrets`,
    "reading secrets",
    "Use RuntimeEnvironmentVariables.",
  );
}

export function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
