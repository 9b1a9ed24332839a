/**
 * The refusal of a member whose effect does not exist yet. Taking it silently would tell the user that they have what
 * they do not have.
 */
import { SlipwayError } from "../../domain/error.ts";

export function notSupportedYet(path: string, feature: string, remedy: string): SlipwayError {
  return new SlipwayError("NotSupportedYet", { path, feature, remedy });
}
