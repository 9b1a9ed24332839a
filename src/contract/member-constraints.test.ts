import { expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../test/support/processor-time.ts";
import { constraints } from "./constraints.ts";
import type { Constraint, ConstraintName } from "./constraints.ts";
import { constraintOfMember, constraintOfShape } from "./member-constraints.ts";
import { operations, shapeOf } from "./operations.ts";

/** "Structure.Member" or a sensitive shape → its constraint, for everything that an input can hold. */
function inputConstraints(): Map<string, Constraint | undefined> {
  const found = new Map<string, Constraint | undefined>();
  const visit = (type: string, owner: string, member: string): void => {
    const shape = shapeOf(type);
    if (shape?.kind === "structure") {
      for (const [name, model] of Object.entries(shape.members)) visit(model.type, type, name);
    } else if (shape?.kind === "list") visit(shape.element, owner, `${member}[]`);
    else if (shape?.kind === "map") {
      visit(shape.key, owner, `${member}{}`);
      visit(shape.value, owner, `${member}{}`);
    } else if (shape?.kind === "sensitive") found.set(type, constraintOfShape(type));
    else if (shape === undefined && type !== "boolean" && type !== "timestamp")
      found.set(`${owner}.${member}`, constraintOfMember(owner, member));
  };
  for (const { model } of operations) visit(model.input, "", "");
  return found;
}

test("every string and number that a request can carry has a constraint", () => {
  const bare = [...inputConstraints()].filter(([, constraint]) => constraint === undefined);
  expect(bare).toEqual([]);
});

test("every constraint is used", () => {
  const used = new Set(inputConstraints().values());
  const unused = Object.entries<Constraint>(constraints).filter(([, constraint]) => !used.has(constraint));
  expect(unused.map(([name]) => name)).toEqual([]);
});

test("page sizes and tokens differ by operation as AWS's do", () => {
  const pageSize = (structure: string): number | undefined =>
    constraintOfMember(structure, "MaxResults")?.max;
  expect(pageSize("ListServicesRequest")).toBe(20);
  expect(pageSize("ListOperationsRequest")).toBe(20);
  expect(pageSize("DescribeCustomDomainsRequest")).toBe(5);
  expect(pageSize("ListConnectionsRequest")).toBe(100);
  expect(constraintOfMember("ListServicesRequest", "NextToken")?.max).toBe(51_200);
  expect(constraintOfMember("ListConnectionsRequest", "NextToken")?.max).toBe(1024);
});

const accepts = (name: ConstraintName, text: string): boolean => {
  const constraint: Constraint = constraints[name];
  return constraint.pattern?.regex.test(text) ?? constraint.values?.includes(text) ?? true;
};

test.each<[ConstraintName, string]>([
  [
    "AppRunnerResourceArn",
    "arn:aws:apprunner:us-east-1:000000000000:service/web1/8fe1e10304f84fd2b0df550fe98a71fa",
  ],
  ["AppRunnerResourceArn", "arn:aws-us-gov:apprunner:us-gov-west-1:123456789012:connection/a/b"],
  ["RoleArn", "arn:aws:iam::123456789012:role/service-role/AppRunnerECRAccessRole"],
  ["KmsKeyArn", "arn:aws:kms:us-east-1:123456789012:key/0d990263-018e-4e65-a703-eff731de951e"],
  ["ServiceName", "my-Service_1"],
  ["Cpu", "0.25 vCPU"],
  ["Memory", "12288"],
  ["DomainName", "*.example.com"],
  ["StartCommand", "node server.js"],
  ["TagKey", "slipway:scale-to-zero"],
])("%s may be %s", (name, text) => {
  expect(accepts(name, text)).toBe(true);
});

test.each<[ConstraintName, string]>([
  ["AppRunnerResourceArn", "arn:aws:apprunner:us-east-1:000000000000:service/web.1/id"],
  ["AppRunnerResourceArn", "x arn:aws:apprunner:us-east-1:000000000000:service/web1/id"],
  ["AppRunnerResourceArn", "arn:aws:apprunner:us-east-1:000000000000:service/web1/id\n"],
  ["RoleArn", "arn:aws:iam::123456789012:user/somebody"],
  ["KmsKeyArn", "arn:aws:kms:us-east-1:123456789012:alias/mine"],
  ["ServiceName", "-web"],
  ["ServiceName", "web.1"],
  ["Cpu", "0.1"],
  ["Cpu", "0x25 vCPU"],
  ["Memory", "2GB"],
  ["DomainName", "exa mple.com"],
  ["StartCommand", "one\ntwo"],
  ["StartCommand", ""],
  ["SourceDirectory", "a\0b"],
  ["TagKey", "aws:mine"],
])("%s may not be %j", (name, text) => {
  expect(accepts(name, text)).toBe(false);
});

test("no pattern takes long on text made to confuse it", MEASURED, () => {
  const seeds = [
    "-",
    "a",
    "-a",
    "arn:aws",
    "arn:aws-a",
    "/",
    "\\.",
    "é",
    "0",
    "arn:aws:iam::123456789012:role/",
  ];
  const patterns = Object.values<Constraint>(constraints).flatMap(({ pattern }) => pattern ?? []);
  const spentMs = countProcessorMs();
  for (const { regex } of patterns) {
    for (const seed of seeds) regex.test(`${seed.repeat(51_200 / seed.length)}\n`);
  }
  expect(spentMs()).toBeLessThan(1000);
});
