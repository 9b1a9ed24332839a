import { expect, test } from "vitest";
import { auditCsv } from "./audit-csv.ts";
import { initialFilter, toLookup } from "./audit-filter.ts";
import { type AuditEvent, readRecord, refusedQuestion } from "./audit-record.ts";

const ann = "arn:aws:iam::000000000000:user/ann";
const service = "arn:aws:apprunner:us-east-1:000000000000:service/shop/0123456789abcdef0123456789abcdef";

function event(told: object): AuditEvent {
  return {
    EventId: "11111111-2222-3333-4444-555555555555",
    EventName: "DeleteService",
    EventSource: "apprunner.amazonaws.com",
    EventTime: 1_700_000_000,
    ReadOnly: "false",
    Resources: [{ ResourceName: service }],
    CloudTrailEvent: JSON.stringify(told),
  };
}

const refused = event({
  userIdentity: { type: "IAMUser", arn: ann },
  sourceIPAddress: "192.0.2.1",
  errorCode: "AccessDeniedException",
  errorMessage: `User: ${ann} is not authorized to perform: apprunner:DeleteService on resource: ${service} because no`,
  additionalEventData: { sequence: 7, durationMs: 3, changedMembers: ["Tags"] },
});

test("a refused call tells what to ask the policy tester", () => {
  const record = readRecord(refused);
  expect(record).toMatchObject({ address: "192.0.2.1", sequence: 7, changedMembers: ["Tags"] });
  expect(refusedQuestion(record)).toEqual({
    principal: ann,
    action: "apprunner:DeleteService",
    resource: service,
  });
});

test("of a role's session the role's policies count; of root's call and of what was done there is no question", () => {
  const role = "arn:aws:iam::000000000000:role/shop";
  const identity = { type: "AssumedRole", sessionContext: { sessionIssuer: { arn: role } } };
  expect(readRecord(event({ userIdentity: identity })).policiesOf).toBe(role);
  expect(refusedQuestion(readRecord(event({ userIdentity: { type: "Root", arn: "x" } })))).toBeNull();
  expect(readRecord({ ...refused, CloudTrailEvent: "{" }).error).toBeNull();
});

test("filters become attributes, times bounds", () => {
  expect(toLookup(initialFilter, 1_000_000)).toEqual({
    LookupAttributes: [{ AttributeKey: "ReadOnly", AttributeValue: "false" }],
    StartTime: 1_000_000 - 604_800,
    EndTime: 1_000_000,
  });
  const all = {
    ...initialFilter,
    what: "apprunner:DeleteService",
    outcome: "Failure",
    kind: "all",
    range: "all",
  } as const;
  expect(toLookup(all, 5)).toEqual({
    LookupAttributes: [
      { AttributeKey: "EventName", AttributeValue: "DeleteService" },
      { AttributeKey: "Outcome", AttributeValue: "Failure" },
    ],
    EndTime: 5,
  });
});

test("the table quotes what it must, and holds no formula", () => {
  const formula = event({ userAgent: '=HYPERLINK("x")', userIdentity: { arn: ann } });
  const [, row = ""] = auditCsv([formula]).split("\r\n");
  expect(row).toContain(`"'=HYPERLINK(""x"")"`);
  expect(row.startsWith("2023-11-14T22:13:20.000Z,arn:aws:iam::")).toBe(true);
});
