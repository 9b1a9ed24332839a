import { expect, test } from "vitest";
import { readRefusal } from "./refusal.ts";

test("a refusal is shown at the member it names, in the API's words", () => {
  expect(
    readRefusal("PrivateKey: it does not belong to the certificate.", ["Certificate", "PrivateKey"]),
  ).toEqual({
    at: { PrivateKey: "It does not belong to the certificate." },
    rest: "",
  });
  expect(readRefusal("Name has 2 characters; it must have 4 to 40.", ["Name"]).at).toEqual({
    Name: "Has 2 characters; it must have 4 to 40.",
  });
});

test("several violations in one message go to their members each", () => {
  const message =
    "Name is missing; it is required. Cidrs[0] is empty. See a.b. MinSize is 0; it must be 1 to 25.";
  expect(readRefusal(message, ["Name", "Cidrs", "MinSize"])).toEqual({
    at: {
      Name: "Is missing; it is required.",
      Cidrs: "Cidrs[0] is empty. See a.b.",
      MinSize: "Is 0; it must be 1 to 25.",
    },
    rest: "",
  });
});

test("the longest path wins, and a name that only begins like a member is none", () => {
  const members = ["Source", "Source.Image"];
  expect(readRefusal("Source.Image: it is unknown.", members).at).toEqual({
    "Source.Image": "It is unknown.",
  });
  expect(readRefusal("Sources are many.", members)).toEqual({ at: {}, rest: "Sources are many." });
});

test("what names no field stays whole", () => {
  const message = "Service with the provided name already exists: shop.";
  expect(readRefusal(message, ["ServiceName"])).toEqual({ at: {}, rest: message });
  expect(readRefusal(undefined, ["ServiceName"])).toEqual({ at: {}, rest: "" });
  expect(readRefusal("Anything.", []).rest).toBe("Anything.");
});
