import { expect, test } from "vitest";
import { nameOfImage, nameOfSource } from "./deploy-wish.ts";

test.each([
  ["nginx", "nginx"],
  ["registry.example.com:5000/team/web-app:1.2", "web-app"],
  ["team/app_two@sha256:0123", "app_two"],
  ["team/app:1@sha256:0123", "app-service"],
  ["localhost:5000/x", "x-service"],
  [`a/${"long".repeat(20)}`, "long".repeat(10)],
  ["team/my.app", "my-app"],
])("%s becomes %s", (image, name) => {
  expect(nameOfImage(image)).toBe(name);
});

test("an image without a name asks for one", () => {
  expect(() => nameOfImage("team/")).toThrow("does not tell a name");
});

test.each([
  ["https://git.example.com/team/web-app.git", "web-app"],
  ["git@git.example.com:shop.git", "shop"],
  ["/home/ada/my shop/", "my-shop"],
  ["@team/api", "api-service"],
])("%s becomes %s", (source, name) => {
  expect(nameOfSource(source)).toBe(name);
});
