/** Groups here are written by the platform alone: what would make or fill one is refused, with a reason. */
import { SlipwayError } from "../../../domain/error.ts";

export const writtenByPlatform = (operation: string) => async (): Promise<never> => {
  throw new SlipwayError("LogsAreReadOnly", { operation });
};
