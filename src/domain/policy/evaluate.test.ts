// Policies of AWS's documentation, and random ones against an evaluation that only follows the definition.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePolicy } from "./compiled-policy.ts";
import { type Call, evaluate, evaluateImagined, evaluateTrust, type Verdict } from "./evaluate.ts";

type Statement = Readonly<Record<string, unknown>>;

function decide(statements: Statement | readonly Statement[], call: Partial<Call>): Verdict {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const asked = { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/key", context: new Map(), ...call };
  return evaluate(compilePolicy(text, "identity"), asked);
}

const allowAll = { Effect: "Allow", Action: "*", Resource: "*" };

describe("policies of the IAM User Guide", () => {
  test("denied unless allowed, and a deny overrides", () => {
    const deny = { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::bucket/*" };
    expect(decide(deny, { action: "sqs:SendMessage" })).toBe("implicitDeny");
    expect(decide(allowAll, {})).toBe("allowed");
    expect(decide([allowAll, deny], {})).toBe("explicitDeny");
    expect(decide([deny, allowAll], {})).toBe("explicitDeny");
    expect(decide([deny, allowAll], { resource: "arn:aws:s3:::other/key" })).toBe("allowed");
  });

  test("actions are of any case, NotAction is all others", () => {
    const some = { Effect: "Allow", Action: ["S3:get*", "s3:ListBucket"], Resource: "*" };
    expect(decide(some, { action: "s3:GETOBJECT" })).toBe("allowed");
    expect(decide(some, { action: "s3:PutObject" })).toBe("implicitDeny");
    const notIam = { Effect: "Allow", NotAction: "iam:*", Resource: "*" };
    expect(decide(notIam, { action: "s3:PutObject" })).toBe("allowed");
    expect(decide(notIam, { action: "iam:CreateUser" })).toBe("implicitDeny");
  });

  test("NotResource with Deny keeps all but what it names from being used", () => {
    const deny = {
      Effect: "Deny",
      Action: "s3:*",
      NotResource: ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"],
    };
    expect(decide([allowAll, deny], { resource: "arn:aws:s3:::HRBucket/Payroll/1" })).toBe("allowed");
    expect(decide([allowAll, deny], { resource: "arn:aws:s3:::HRBucket/x" })).toBe("explicitDeny");
  });

  test("a user's own folder, by variable and prefix", () => {
    const policy = [
      {
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::bucket"],
        Condition: { StringLike: { "s3:prefix": ["David/*"] } },
      },
      { Effect: "Allow", Action: ["s3:*Object"], Resource: ["arn:aws:s3:::bucket/${aws:username}/*"] },
    ];
    const context = new Map([["aws:username", ["David"]]]);
    const own = { resource: "arn:aws:s3:::bucket/David/x", context };
    expect(decide(policy, own)).toBe("allowed");
    expect(decide(policy, { ...own, resource: "arn:aws:s3:::bucket/Eve/x" })).toBe("implicitDeny");
    expect(decide(policy, { ...own, context: new Map() })).toBe("implicitDeny");
    const list = { action: "s3:ListBucket", resource: "arn:aws:s3:::bucket" };
    expect(decide(policy, { ...list, context: new Map([["s3:prefix", ["David/2026"]]]) })).toBe("allowed");
    expect(decide(policy, { ...list, context: new Map([["s3:prefix", ["Eve/"]]]) })).toBe("implicitDeny");
  });

  test("all conditions must hold, and of the values of each one", () => {
    const policy = {
      Effect: "Allow",
      Action: "*",
      Resource: "*",
      Condition: {
        DateGreaterThan: { "aws:CurrentTime": "2026-07-16T12:00:00Z" },
        DateLessThan: { "aws:CurrentTime": "2026-07-16T15:00:00Z" },
        IpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] },
      },
    };
    const context = (time: string, address: string) =>
      new Map([
        ["aws:currenttime", [time]],
        ["aws:sourceip", [address]],
      ]);
    expect(decide(policy, { context: context("2026-07-16T13:00:00Z", "203.0.113.9") })).toBe("allowed");
    expect(decide(policy, { context: context("2026-07-16T16:00:00Z", "203.0.113.9") })).toBe("implicitDeny");
    expect(decide(policy, { context: context("2026-07-16T13:00:00Z", "198.51.100.9") })).toBe("implicitDeny");
  });

  test("whoever comes from elsewhere is denied, unless AWS asks on their behalf", () => {
    const deny = {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: {
        NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24"] },
        BoolIfExists: { "aws:ViaAWSService": "false" },
      },
    };
    const from = (address: string) => ({ context: new Map([["aws:sourceip", [address]]]) });
    expect(decide([allowAll, deny], from("192.0.2.1"))).toBe("allowed");
    expect(decide([allowAll, deny], from("203.0.113.1"))).toBe("explicitDeny");
  });

  test("tags may be given only under some keys", () => {
    const policy = {
      Effect: "Allow",
      Action: "apprunner:CreateService",
      Resource: "*",
      Condition: {
        StringEquals: { "aws:RequestTag/environment": ["preprod", "production"] },
        "ForAllValues:StringEquals": { "aws:TagKeys": "environment" },
      },
    };
    const asked = (tags: Readonly<Record<string, string>>) => ({
      action: "apprunner:CreateService",
      context: new Map<string, readonly string[]>([
        ...Object.entries(tags).map(([key, value]) => [`aws:requesttag/${key}`, [value]] as const),
        ["aws:tagkeys", Object.keys(tags)],
      ]),
    });
    expect(decide(policy, asked({ environment: "preprod" }))).toBe("allowed");
    expect(decide(policy, asked({ environment: "test" }))).toBe("implicitDeny");
    expect(decide(policy, asked({ environment: "preprod", cost: "1" }))).toBe("implicitDeny");
    expect(decide(policy, asked({}))).toBe("implicitDeny");
  });
});

describe("random policies", () => {
  const word = fc.constantFrom("a", "b", "*", "?", "a*", "*b");
  const name = fc.constantFrom<string[]>("a", "b", "ab", "aab");
  const statement = fc.record({
    Effect: fc.constantFrom("Allow", "Deny"),
    isNotAction: fc.boolean(),
    actions: fc.array(word, { minLength: 1, maxLength: 3 }),
    isNotResource: fc.boolean(),
    resources: fc.array(word, { minLength: 1, maxLength: 3 }),
    wanted: fc.option(fc.tuple(fc.boolean(), fc.array(name, { minLength: 1, maxLength: 2 }))),
  });
  type Random = typeof statement extends fc.Arbitrary<infer Made> ? Made : never;

  const glob = (pattern: string, text: string): boolean =>
    new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
  const isAny = (patterns: readonly string[], text: string) => patterns.some((one) => glob(one, text));

  function oracle(statements: readonly Random[], asked: readonly [string, string, string | null]): Verdict {
    const [action, resource, value] = asked;
    const applying = statements.filter(({ wanted, ...one }) => {
      const [isNegated, values] = wanted ?? [false, null];
      const isOne = values === null || (value !== null && values.includes(value));
      return (
        isAny(one.actions, action) !== one.isNotAction &&
        isAny(one.resources, resource) !== one.isNotResource &&
        (values === null || isOne !== isNegated)
      );
    });
    if (applying.some(({ Effect }) => Effect === "Deny")) return "explicitDeny";
    return applying.length > 0 ? "allowed" : "implicitDeny";
  }

  function written(one: Random): Statement {
    const [isNegated, values] = one.wanted ?? [false, null];
    return {
      Effect: one.Effect,
      [one.isNotAction ? "NotAction" : "Action"]: one.actions.map((action) => `s3:${action}`),
      [one.isNotResource ? "NotResource" : "Resource"]: one.resources.map((end) => `arn:aws:s3:::${end}`),
      ...(values !== null && {
        Condition: { [isNegated ? "StringNotEquals" : "StringEquals"]: { "aws:x": values } },
      }),
    };
  }

  test("say what the definition says", () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 5 }),
        fc.tuple(name, name, fc.option(name)),
        (statements, asked) => {
          const [action, resource, value] = asked;
          const verdict = decide(statements.map(written), {
            action: `s3:${action}`,
            resource: `arn:aws:s3:::${resource}`,
            context: new Map(value === null ? [] : [["aws:x", [value]]]),
          });
          expect(verdict).toBe(oracle(statements, asked));
          if (verdict !== "allowed") return;
          // What is allowed with one value could be before it is known.
          const compiled = compilePolicy(
            JSON.stringify({ Version: "2012-10-17", Statement: statements.map(written) }),
            "identity",
          );
          for (const open of [null, `arn:aws:s3:::${resource}`]) {
            const call = { action: `s3:${action}`, resource: open, context: new Map(), isOpen: () => true };
            expect(evaluateImagined(compiled, call)).toBe("allowed");
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe("a call that is not made yet", () => {
  const open = new Set(["aws:requesttag/team"]);
  const imagine = (statements: Statement | readonly Statement[], resource: string | null) =>
    evaluateImagined(
      compilePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "identity"),
      { action: "s3:GetObject", resource, context: new Map(), isOpen: (key) => open.has(key) },
    );
  const some = { ...allowAll, Resource: "arn:aws:s3:::bucket/*" };
  const tagged = { Condition: { StringEquals: { "aws:RequestTag/team": "shop" } } };

  test.each<readonly [string, Statement | readonly Statement[], string | null, Verdict]>([
    ["allowed for some resources", some, null, "allowed"],
    ["allowed for another one", some, "arn:aws:s3:::other/key", "implicitDeny"],
    ["allowed by what it may say", { ...allowAll, ...tagged }, null, "allowed"],
    ["denied by what it may say", [allowAll, { ...allowAll, ...tagged, Effect: "Deny" }], null, "allowed"],
    ["denied for some resources", [allowAll, { ...some, Effect: "Deny" }], null, "allowed"],
    ["denied for this one", [allowAll, { ...some, Effect: "Deny" }], "arn:aws:s3:::bucket/k", "explicitDeny"],
    ["denied for all", [some, { ...allowAll, Effect: "Deny" }], null, "explicitDeny"],
    ["another action", { ...allowAll, Action: "s3:PutObject" }, null, "implicitDeny"],
    [
      "a condition that can be told already",
      { ...allowAll, Condition: { Bool: { "aws:SecureTransport": "true" } } },
      null,
      "implicitDeny",
    ],
  ])("%s", (_case, statements, resource, verdict) => {
    expect(imagine(statements, resource)).toBe(verdict);
  });
});

describe("trust", () => {
  const assume = { Effect: "Allow", Action: "sts:AssumeRole" };
  const trust = (...statements: readonly Statement[]) =>
    compilePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "trust");
  const ann = "arn:aws:iam::000000000000:user/ann";
  const asAnn = {
    action: "sts:AssumeRole",
    context: new Map(),
    caller: { type: "AWS", account: "000000000000", arns: [ann] },
  } as const;

  test.each([
    [{ AWS: ann }, "named"],
    [{ AWS: "arn:aws:iam::000000000000:user/eve" }, "implicitDeny"],
    [{ AWS: "arn:aws:iam::000000000000:root" }, "account"],
    [{ AWS: ["111111111111", "000000000000"] }, "account"],
    [{ AWS: "111111111111" }, "implicitDeny"],
    ["*", "named"],
    [{ Service: "tasks.apprunner.amazonaws.com" }, "implicitDeny"],
  ])("of %j: %s", (Principal, verdict) => {
    expect(evaluateTrust(trust({ ...assume, Principal }), asAnn)).toBe(verdict);
  });

  test("of a service is that service's alone, and a deny overrides", () => {
    const Principal = { Service: "tasks.apprunner.amazonaws.com" };
    const caller = { type: "Service", value: "tasks.apprunner.amazonaws.com" } as const;
    expect(evaluateTrust(trust({ ...assume, Principal }), { ...asAnn, caller })).toBe("named");
    const other = { ...caller, value: "ec2.amazonaws.com" };
    expect(evaluateTrust(trust({ ...assume, Principal }), { ...asAnn, caller: other })).toBe("implicitDeny");
    const denied = trust(
      { ...assume, Principal: { AWS: ann } },
      { ...assume, Effect: "Deny", Principal: "*" },
    );
    expect(evaluateTrust(denied, asAnn)).toBe("explicitDeny");
  });

  test("conditions hold there too", () => {
    const Condition = { StringEquals: { "sts:ExternalId": "7" } };
    const policy = trust({ ...assume, Principal: { AWS: ann }, Condition });
    expect(evaluateTrust(policy, asAnn)).toBe("implicitDeny");
    const context = new Map([["sts:externalid", ["7"]]]);
    expect(evaluateTrust(policy, { ...asAnn, context })).toBe("named");
  });
});
