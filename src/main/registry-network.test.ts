import { expect, it } from "vitest";
import { registryNetwork } from "./registry-network.ts";

it("registries are where the operator named them, by credentials or by a mapping", () => {
  const network = registryNetwork({
    registries: [{ host: "registry.example.com:5000", username: "u", passwordFile: "/p" }],
    imageMappings: {
      "ecr.test/": "inner.example.com/team/",
      "ecr.test/app": "127.0.0.1:5000",
      old: "team/app",
    },
    apiPort: 7_070,
    ingressPort: 8_081,
    ingressHttpsPort: 8_444,
    internalPort: 8_082,
  });
  expect([...network.configured]).toEqual([
    "registry.example.com:5000",
    "inner.example.com",
    "127.0.0.1:5000",
  ]);
  expect(network.closedPorts).toEqual([2_375, 2_376, 7_070, 8_081, 8_444, 8_082]);
});
