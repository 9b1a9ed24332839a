import { expect, test } from "vitest";
import { parseInstanceSize } from "./instance-size.ts";

test.each([
  [{}, undefined],
  [{ cpu: "0.25" }, { Cpu: "256", Memory: "512" }],
  [{ cpu: "1 vCPU" }, { Cpu: "1024", Memory: "2048" }],
  [{ cpu: "2048" }, { Cpu: "2048", Memory: "4096" }],
  [
    { cpu: "1", memory: "3GB" },
    { Cpu: "1024", Memory: "3072" },
  ],
  [{ memory: "4" }, { Memory: "4096" }],
  [{ memory: "512" }, { Memory: "512" }],
  [{ memory: "1024MiB" }, { Memory: "1024" }],
])("%j is %j", (wish, size) => {
  expect(parseInstanceSize(wish)).toEqual(size);
});

test("says what is offered", () => {
  expect(() => parseInstanceSize({ cpu: "3" })).toThrow("--cpu");
  expect(() => parseInstanceSize({ cpu: "" })).toThrow("--cpu");
  expect(() => parseInstanceSize({ memory: "lots" })).toThrow("--memory");
});
