import { expect, test } from "vitest";
import { ingressPort } from "./ingress-port.ts";

test("the port is that of the listener for the scheme of services", () => {
  const both = { IngressHttpAddress: "127.0.0.1:7080", IngressHttpsAddress: "[::1]:7443" };
  expect(ingressPort({ ...both, ServiceScheme: "http" })).toBe(":7080");
  expect(ingressPort({ ...both, ServiceScheme: "https" })).toBe(":7443");
  expect(ingressPort(undefined)).toBe("");
});
