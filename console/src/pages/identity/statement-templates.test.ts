import { expect, test } from "vitest";
import { statementsOf, withStatements } from "./statement-templates.ts";

const SHOP = "arn:aws:apprunner:us-east-1:000000000000:service/shop/0123456789abcdef0123456789abcdef";

test("services are named without their id, and lists are allowed as a whole", () => {
  expect(statementsOf("deployServices", [SHOP])).toMatchObject([
    { Sid: "ListServices", Resource: "*" },
    { Sid: "DeployServices", Resource: ["arn:aws:apprunner:us-east-1:000000000000:service/shop/*"] },
  ]);
  expect(statementsOf("readServices", [])[1]?.Resource).toBe("*");
});

test("logs of a service are those of its group", () => {
  expect(statementsOf("readLogs", [SHOP])[1]?.Resource).toEqual([
    "arn:aws:logs:us-east-1:000000000000:log-group:/aws/apprunner/shop/*",
  ]);
});

test("statements are added behind those that are there, under names of their own", () => {
  const once = withStatements("", statementsOf("ownPassword", [])) ?? "";
  const twice = withStatements(once, statementsOf("ownPassword", [])) ?? "";
  const { Version, Statement } = JSON.parse(twice) as { Version: string; Statement: { Sid: string }[] };
  expect(Version).toBe("2012-10-17");
  expect(Statement.map(({ Sid }) => Sid)).toEqual(["OwnPassword", "OwnPassword2"]);
});

test("nothing is added to what is no policy", () => {
  expect(withStatements("{", statementsOf("ownPassword", []))).toBeNull();
  expect(withStatements("[]", statementsOf("ownPassword", []))).toBeNull();
});
