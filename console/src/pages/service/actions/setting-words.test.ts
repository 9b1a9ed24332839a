import { expect, test } from "vitest";
import { settingName, valueText } from "./setting-words.ts";

const PUBLIC = "NetworkConfiguration › IngressConfiguration › IsPubliclyAccessible";

test("who may call a service is asked as in its form, and answered so", () => {
  expect(settingName(PUBLIC)).toBe("Who may call it");
  expect(valueText(PUBLIC, "true")).toBe("Everybody");
  expect(valueText(PUBLIC, "false")).toBe("Private");
  expect(valueText(PUBLIC, null)).toBeNull();
});

test("what has no name in the forms keeps the API's, and values are as they were written", () => {
  expect(settingName("Run › EnvironmentVariables › MODE")).toBe("Run › EnvironmentVariables › MODE");
  expect(valueText("Run › EnvironmentVariables › MODE", "true")).toBe("true");
  expect(settingName("HealthCheckConfiguration › Interval")).toBe("Health check: Interval");
});
