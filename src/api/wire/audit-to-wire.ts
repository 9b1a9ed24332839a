/** A record of the audit trail as CloudTrail tells it. */
import type { OutputOf } from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { type AuditRecord, resourceTypeOf, usernameOf } from "../../domain/audit.ts";
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
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
}

function userIdentity({ principalArn, accessKeyId }: AuditRecord, account: string) {
  if (principalArn === null) return { type: "Unknown", ...(accessKeyId !== null && { accessKeyId }) };
  const isRoot = principalArn.endsWith(":root");
  return {
    type: isRoot ? "Root" : "IAMUser",
    principalId: isRoot ? account : (accessKeyId ?? ""),
    arn: principalArn,
    accountId: account,
    ...(accessKeyId !== null && { accessKeyId }),
    ...(!isRoot && { userName: usernameOf({ principalArn }) }),
  };
}
