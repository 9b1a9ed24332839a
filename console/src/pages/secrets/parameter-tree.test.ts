import { expect, test } from "vitest";
import { type Named, type ParameterNode, parameterTree } from "./parameter-tree.ts";

const named = (...names: string[]) => names.map((Name) => ({ Name }));
const drawn = (nodes: readonly ParameterNode<Named>[], depth = 0): string[] =>
  nodes.flatMap(({ label, count, children }) => [
    `${"  ".repeat(depth)}${label} ${count}`,
    ...drawn(children, depth + 1),
  ]);

test("names with slashes make a tree, in the order of people", () => {
  expect(
    drawn(parameterTree(named("/shop/db/port", "/shop/db/host", "/shop/key", "plain", "/shop10", "/shop2"))),
  ).toEqual([
    "/shop/ 3",
    "  db/ 2",
    "    host 1",
    "    port 1",
    "  key 1",
    "/shop2 1",
    "/shop10 1",
    "plain 1",
  ]);
});

test("a path with one thing below it is one row", () => {
  expect(drawn(parameterTree(named("/a/b/c/d")))).toEqual(["/a/b/c/d 1"]);
  expect(parameterTree(named("/a/b"))[0]).toMatchObject({ id: "/a/b", parameter: { Name: "/a/b" } });
});

test("a parameter whose name is also a path has its own row", () => {
  expect(drawn(parameterTree(named("/a", "/a/b", "/a/c")))).toEqual(["/a 1", "/a/ 2", "  b 1", "  c 1"]);
});
