import { expect, test } from "vitest";
import { emptyDraft, type ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { diffOf, effectOf, openChanges } from "./draft-diff.ts";
import { updateInput } from "./update-input.ts";

const before: ServiceDraft = {
  ...emptyDraft,
  name: "shop",
  imageIdentifier: "shop:1",
  scalingArn: "arn:aws:apprunner:us-east-1:000000000000:autoscalingconfiguration/Default/1/01",
  variables: [
    { name: "A", value: "1" },
    { name: "B", value: "2" },
  ],
  secrets: [{ name: "TOKEN", value: "/shop/token" }],
  tags: [{ name: "team", value: "blue" }],
  extensions: { "rate-limit": "10/s" },
};

test("nothing changed is no difference", () => {
  expect(diffOf(before, { ...before })).toEqual([]);
});

test("each member is told as it is and as it will be, in words", () => {
  const rows = diffOf(before, { ...before, imageIdentifier: "shop:2", cpu: "2048", isPublic: false });
  expect(rows.map(({ label, before, after }) => [label, before, after])).toEqual([
    ["Container image", "shop:1", "shop:2"],
    ["Virtual processors", "1 vCPU", "2 vCPU"],
    ["Who may call it", "Everybody", "Private"],
  ]);
  expect(effectOf(rows)).toBe("deployment");
});

test("variables, secrets and tags are told by name: changed, added, taken away", () => {
  const rows = diffOf(before, {
    ...before,
    variables: [
      { name: "A", value: "9" },
      { name: "C", value: "3" },
      { name: "", value: "" },
    ],
    secrets: [{ name: "TOKEN", value: "/shop/other" }],
    tags: [],
  });
  expect(rows.map(({ id, before, after, effect }) => [id, before, after, effect])).toEqual([
    ["variable A", "1", "9", "deployment"],
    ["variable B", "2", null, "deployment"],
    ["variable C", null, "3", "deployment"],
    ["secret TOKEN", "/shop/token", "/shop/other", "deployment"],
    ["tag team", "blue", null, "at-once"],
  ]);
});

test("extensions take effect at once, but for those of builds and of new instances", () => {
  const atOnce = diffOf(before, { ...before, extensions: { "rate-limit": "20/s" } });
  expect(effectOf(atOnce)).toBe("at-once");
  const later = diffOf(before, { ...before, extensions: { "rate-limit": "20/s", protocol: "h2c" } });
  expect(effectOf(later)).toBe("next-deployment");
});

test("what the chosen kind does not look at is no difference", () => {
  expect(diffOf(before, { ...before, healthPath: "/other" })).toEqual([]);
  expect(diffOf(before, { ...before, healthProtocol: "HTTP", healthPath: "/ok" })).toHaveLength(2);
  const own = { ...before, scalingChoice: "own", scalingArn: "", minSize: "2" } as const;
  expect(diffOf(before, own)).toMatchObject([
    { before: "Default, revision 1", after: "2 to 25 instances, 100 requests each" },
  ]);
});

test("a change that somebody else made as well is none any more", () => {
  const changes = { imageIdentifier: "shop:2", port: "9000" };
  expect(openChanges({ ...before, port: "9000" }, changes)).toEqual({ imageIdentifier: "shop:2" });
});

test("an update sends what was changed and leaves the rest to the service", () => {
  const update = updateInput("arn", before, { ...before, cpu: "2048", memory: "4096" });
  expect(update).toEqual({ ServiceArn: "arn", InstanceConfiguration: { Cpu: "2048", Memory: "4096" } });
  expect(updateInput("arn", before, { ...before, tags: [] })).toBeNull();
  expect(updateInput("arn", before, { ...before, scalingChoice: "own" }, "own-arn")).toEqual({
    ServiceArn: "arn",
    AutoScalingConfigurationArn: "own-arn",
  });
});
