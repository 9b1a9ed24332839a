import { compileFilterPattern } from "../../../domain/filter-pattern/filter-pattern.ts";
import type { Handler } from "../../handler.ts";
import { invalidLogs } from "../../resources/log-group.ts";

const MESSAGES_MAX = 50;

/** CloudWatch Logs API, TestMetricFilter: which of the given lines a pattern wants, and what its fields are in them. */
export const testMetricFilter: Handler<"Logs_20140328.TestMetricFilter"> = async (input) => {
  const { filterPattern, logEventMessages: messages } = input;
  if (messages.length === 0 || messages.length > MESSAGES_MAX) {
    throw invalidLogs("logEventMessages", `has ${messages.length} lines; it must have 1 to ${MESSAGES_MAX}`);
  }
  const { matches, valuesIn } = compileFilterPattern(filterPattern);
  return {
    matches: messages.flatMap((message, index) =>
      matches(message)
        ? [{ eventNumber: index + 1, eventMessage: message, extractedValues: valuesIn(message) }]
        : [],
    ),
  };
};
