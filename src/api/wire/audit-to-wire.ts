/** A record of the audit trail as CloudTrail tells it. */
import type { OutputOf } from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { type AuditedPrincipal, type AuditRecord, resourceTypeOf, usernameOf } from "../../domain/audit.ts";
import { nameOfArn } from "../../domain/identity-arn.ts";
import { toDate } from "./time.ts";

type Event = OutputOf<"LookupEvents">["Events"][number];

export function auditEventToWire(record: AuditRecord, scope: AccountScope): Event {
  const username = usernameOf(record);
  return {
    EventId: record.id,
    EventName: record.eventName,
    ReadOnly: String(record.isReadOnly),
    EventTime: toDate(record.atMs),
    EventSource: record.eventSource,
    Resources: record.resources.map((arn) => {
      const type = resourceTypeOf(arn);
      return { ResourceName: arn, ...(type !== "" && { ResourceType: type }) };
    }),
    CloudTrailEvent: JSON.stringify(cloudTrailEvent(record, scope)),
    ...(record.accessKeyId !== null && { AccessKeyId: record.accessKeyId }),
    ...(username !== null && { Username: username }),
  };
}

/** CloudTrail record contents, version 1.08; what is ours stands in additionalEventData. */
function cloudTrailEvent(record: AuditRecord, { account, region }: AccountScope) {
  return {
    eventVersion: "1.08",
    userIdentity: userIdentity(record, account),
    eventTime: `${new Date(record.atMs).toISOString().slice(0, 19)}Z`,
    eventSource: record.eventSource,
    eventName: record.eventName,
    awsRegion: region,
    sourceIPAddress: record.sourceAddress,
    userAgent: record.userAgent,
    ...(record.errorCode !== null && { errorCode: record.errorCode, errorMessage: record.errorMessage }),
    requestParameters: record.parameters,
    responseElements: record.response,
    additionalEventData: {
      sequence: record.sequence,
      durationMs: record.durationMs,
      ...(record.changedMembers !== null && { changedMembers: record.changedMembers }),
    },
    requestID: record.requestId,
    eventID: record.id,
    readOnly: record.isReadOnly,
    resources: record.resources.map((arn) => ({
      accountId: arn.split(":")[4] ?? account,
      type: resourceTypeOf(arn),
      ARN: arn,
    })),
    eventType: record.eventName === "ConsoleLogin" ? "AwsConsoleSignIn" : "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
}

/** As CloudTrail has it for root, users, and sessions of roles. */
function userIdentity(record: AuditRecord, account: string) {
  const { principalArn: arn, accessKeyId, principal } = record;
  const key = accessKeyId !== null && { accessKeyId };
  if (arn === null) return { type: "Unknown", ...key };
  const whose = { arn, accountId: account, ...key };
  if (principal?.kind === "role") return { ...roleIdentity(record, principal, account), ...whose };
  if (arn.endsWith(":root")) return { type: "Root", principalId: account, ...whose };
  const principalId = principal?.kind === "user" ? principal.id : (accessKeyId ?? "");
  return { type: "IAMUser", principalId, ...whose, userName: usernameOf({ principalArn: arn }) };
}

function roleIdentity(
  record: AuditRecord,
  { id, roleArn, issuedAtMs, serviceArn }: Extract<AuditedPrincipal, { kind: "role" }>,
  account: string,
) {
  return {
    type: "AssumedRole",
    principalId: `${id}:${usernameOf(record) ?? ""}`,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: id,
        arn: roleArn,
        accountId: account,
        userName: nameOfArn(roleArn),
      },
      attributes: {
        creationDate: `${new Date(issuedAtMs).toISOString().slice(0, 19)}Z`,
        mfaAuthenticated: "false",
      },
    },
    // The service whose instance it was.
    ...(serviceArn !== undefined && {
      inScopeOf: { sourceArn: serviceArn, credentialsIssuedTo: serviceArn },
    }),
  };
}
