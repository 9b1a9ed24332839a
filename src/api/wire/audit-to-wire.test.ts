import { expect, test } from "vitest";
import { auditedPrincipal, type AuditRecord } from "../../domain/audit.ts";
import type { Principal } from "../../domain/identity.ts";
import { auditEventToWire } from "./audit-to-wire.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const iam = "arn:aws:iam::000000000000";

function identityIn(change: Partial<AuditRecord>): unknown {
  const record: AuditRecord = {
    sequence: 1,
    id: "11111111-2222-4333-8444-555555555555",
    atMs: 0,
    requestId: "r",
    eventSource: "apprunner.amazonaws.com",
    eventName: "CreateService",
    isReadOnly: false,
    principalArn: null,
    accessKeyId: null,
    sourceAddress: null,
    userAgent: null,
    resources: [],
    errorCode: null,
    errorMessage: null,
    durationMs: 1,
    parameters: null,
    response: null,
    changedMembers: null,
    ...change,
  };
  const told = JSON.parse(auditEventToWire(record, scope).CloudTrailEvent ?? "") as Record<string, unknown>;
  return told["userIdentity"];
}

function ofPrincipal(principal: Principal): unknown {
  const { arn: principalArn, accessKeyId } = principal;
  return identityIn({ principalArn, accessKeyId, principal: auditedPrincipal(principal) });
}

test("root", () => {
  const expected = {
    type: "Root",
    principalId: "000000000000",
    arn: `${iam}:root`,
    accountId: "000000000000",
  };
  expect(ofPrincipal({ kind: "root", arn: `${iam}:root`, accessKeyId: "AKIAROOT" })).toEqual({
    ...expected,
    accessKeyId: "AKIAROOT",
  });
});

test("a user, with a key and in the console", () => {
  const arn = `${iam}:user/team/ann`;
  const ann = { kind: "user", arn, userArn: arn, userId: "AIDAANN" } as const;
  const expected = {
    type: "IAMUser",
    principalId: "AIDAANN",
    arn,
    accountId: "000000000000",
    userName: "ann",
  };
  expect(ofPrincipal({ ...ann, accessKeyId: "AKIAANN" })).toEqual({ ...expected, accessKeyId: "AKIAANN" });
  expect(ofPrincipal({ ...ann, accessKeyId: null })).toEqual(expected);
});

test("the session of a role, with its issuer, and the service whose instance it was", () => {
  const arn = "arn:aws:sts::000000000000:assumed-role/build/job";
  const serviceArn = "arn:aws:apprunner:us-east-1:000000000000:service/web/1";
  const session: Principal = {
    kind: "role",
    arn,
    accessKeyId: "ASIA1",
    roleArn: `${iam}:role/team/build`,
    roleId: "AROABUILD",
    sessionName: "job",
    issuedAtMs: 1000,
    expiresAtMs: 2000,
  };
  const expected = {
    type: "AssumedRole",
    principalId: "AROABUILD:job",
    arn,
    accountId: "000000000000",
    accessKeyId: "ASIA1",
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: "AROABUILD",
        arn: `${iam}:role/team/build`,
        accountId: "000000000000",
        userName: "build",
      },
      attributes: { creationDate: "1970-01-01T00:00:01Z", mfaAuthenticated: "false" },
    },
  };
  expect(ofPrincipal(session)).toEqual(expected);
  expect(ofPrincipal({ ...session, serviceArn })).toEqual({
    ...expected,
    inScopeOf: { sourceArn: serviceArn, credentialsIssuedTo: serviceArn },
  });
});

test("nobody who is proven, and records of before", () => {
  expect(identityIn({ accessKeyId: "AKIA?" })).toEqual({ type: "Unknown", accessKeyId: "AKIA?" });
  const before = { principalArn: `${iam}:user/ann`, accessKeyId: "AKIAANN" };
  expect(identityIn(before)).toMatchObject({ type: "IAMUser", principalId: "AKIAANN", userName: "ann" });
});
