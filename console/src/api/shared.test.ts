import { expect, test } from "vitest";
import { Shared } from "./shared.ts";

test("one thing serves all who ask for it at the same time, and ends with the last", () => {
  const shared = new Shared<number>();
  const story: string[] = [];
  let made = 0;
  const make = () => {
    const thing = (made += 1);
    story.push(`made ${thing}`);
    return { thing, end: () => void story.push(`ended ${thing}`) };
  };
  const [first, second] = [shared.join("services", make), shared.join("services", make)];
  expect([first.thing, second.thing]).toEqual([1, 1]);
  first.end();
  expect(story).toEqual(["made 1"]);
  const third = shared.join("services", make);
  second.end();
  third.end();
  const later = shared.join("services", make);
  const other = shared.join("operations", make);
  expect([later.thing, other.thing]).toEqual([2, 3]);
  expect(story).toEqual(["made 1", "ended 1", "made 2", "made 3"]);
});
