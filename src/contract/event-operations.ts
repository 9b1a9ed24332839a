// Our own operations on events and on the destinations they are sent to, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;
const notFound = [...common, "ResourceNotFoundException"] as const;

export const eventOperations = {
  CreateEventDestination: {
    input: "CreateEventDestinationRequest",
    output: "CreateEventDestinationResponse",
    errors: [...common, "ServiceQuotaExceededException"],
    says: "Makes a destination that events are sent to from now on, and the secret they are signed with.",
  },
  DeleteEventDestination: {
    input: "DeleteEventDestinationRequest",
    output: "DeleteEventDestinationResponse",
    errors: notFound,
    says: "Takes a destination away, with what was still to be sent to it.",
  },
  DescribeEventDestination: {
    input: "DescribeEventDestinationRequest",
    output: "DescribeEventDestinationResponse",
    errors: notFound,
    says: "Tells what a destination takes, and how its last deliveries went.",
  },
  ListDeadLetters: {
    input: "ListDeadLettersRequest",
    output: "ListDeadLettersResponse",
    errors: notFound,
    says: "Lists the events that a destination did not take in time, newest first.",
  },
  ListEventDestinations: {
    input: "ListEventDestinationsRequest",
    output: "ListEventDestinationsResponse",
    errors: common,
    says: "Lists destinations by name.",
  },
  ListEvents: {
    input: "ListEventsRequest",
    output: "ListEventsResponse",
    errors: notFound,
    says: "Lists what happened, newest first.",
  },
  RedeliverEvents: {
    input: "RedeliverEventsRequest",
    output: "RedeliverEventsResponse",
    errors: notFound,
    says: "Sends events to a destination again: dead letters, or any that are still known.",
  },
  RotateEventDestinationSecret: {
    input: "RotateEventDestinationSecretRequest",
    output: "RotateEventDestinationSecretResponse",
    errors: notFound,
    says: "Makes a new secret; for a day messages are signed with the one before, too.",
  },
  TestEventDestination: {
    input: "TestEventDestinationRequest",
    output: "TestEventDestinationResponse",
    errors: notFound,
    says: "Sends one message to a destination, now, and tells how that went.",
  },
  UpdateEventDestination: {
    input: "UpdateEventDestinationRequest",
    output: "UpdateEventDestinationResponse",
    errors: notFound,
    says: "Changes a destination; what is not given stays as it is.",
  },
} as const satisfies OperationModels;

const byName = { Name: { type: "string", required: true, says: "name of the destination" } } as const;
const described = {
  Destination: { type: "EventDestination", required: true, says: "the destination as it is now" },
} as const;

export const eventShapes = {
  EventFormat: { kind: "enum", values: ["eventbridge", "chat"] },
  EventSeverity: { kind: "enum", values: ["INFO", "WARN", "ERROR"] },
  EventDetailType: {
    kind: "enum",
    values: [
      "AppRunner Service Status Change",
      "AppRunner Service Operation Status Change",
      "Slipway Instance Ended",
      "Slipway Instance Health Change",
      "Slipway Alarm State Change",
      "Slipway Certificate Warning",
      "Slipway Key Warning",
      "Slipway Log Warning",
      "Slipway Machine Warning",
    ],
  },
  EventDetailTypeList: { kind: "list", element: "EventDetailType" },
  EventServiceNameList: { kind: "list", element: "string" },
  /** Of chat programs' webhooks the address is a secret. */
  EventDestinationUrl: { kind: "sensitive" },
  EventFilter: {
    kind: "structure",
    members: {
      DetailTypes: { type: "EventDetailTypeList", says: "only these; all unless given" },
      ServiceNames: {
        type: "EventServiceNameList",
        says: "only events of services of these names, * for any characters",
      },
      Tag: { type: "EventFilterTag", says: "only events of services that bear it" },
      MinimumSeverity: { type: "EventSeverity", says: "INFO unless given" },
    },
  },
  EventFilterTag: {
    kind: "structure",
    members: {
      Key: { type: "string", required: true, says: "key of the tag" },
      Value: { type: "string", says: "any unless given" },
    },
  },
  EventDestinationStatus: { kind: "enum", values: ["ENABLED", "DISABLED"] },
  EventDestination: {
    kind: "structure",
    members: {
      Name: { type: "string", required: true, says: "its name" },
      Arn: { type: "string", required: true, says: "as alarms name it in their actions" },
      Url: {
        type: "string",
        required: true,
        says: "what may be shown of it: chat webhooks' paths are secrets",
      },
      Format: { type: "EventFormat", required: true, says: "how events are written" },
      Filter: { type: "EventFilter", required: true, says: "what it takes" },
      Status: { type: "EventDestinationStatus", required: true, says: "whether events are sent to it" },
      Problem: { type: "string", says: "why it was disabled, unless that was asked for" },
      FailingSince: {
        type: "timestamp",
        says: "since when no attempt has succeeded; absent after one that did",
      },
      FailingProblem: { type: "string", says: "why the last attempt failed" },
      WaitingCount: { type: "integer", says: "events that wait; told by lists and descriptions" },
      CreatedAt: { type: "timestamp", required: true, says: "when it was made" },
    },
  },
  EventDestinationList: { kind: "list", element: "EventDestination" },
  EventDelivery: {
    kind: "structure",
    members: {
      Event: { type: "Event", required: true, says: "what is sent" },
      State: { type: "EventDeliveryState", required: true, says: "dead: not tried any more" },
      Attempts: { type: "integer", required: true, says: "how often it was tried" },
      LastAttemptAt: { type: "timestamp", says: "absent before the first one" },
      NextAttemptAt: { type: "timestamp", says: "while it is pending" },
      LastStatus: { type: "integer", says: "HTTP status of the last answer" },
      LastProblem: { type: "string", says: "why the last attempt failed" },
    },
  },
  EventDeliveryState: { kind: "enum", values: ["pending", "delivered", "dead"] },
  EventDeliveryList: { kind: "list", element: "EventDelivery" },
  Event: {
    kind: "structure",
    members: {
      Id: { type: "string", required: true, says: "a UUID; webhook-id of its deliveries" },
      Time: { type: "timestamp", required: true, says: "when it happened" },
      Source: { type: "string", required: true, says: "aws.apprunner or slipway" },
      DetailType: { type: "string", required: true, says: "as in EventBridge" },
      Severity: { type: "EventSeverity", required: true, says: "how bad it is" },
      Message: { type: "string", required: true, says: "one sentence" },
      ServiceName: { type: "string", says: "of the service it is about" },
      Resources: { type: "EventResourceList", required: true, says: "ARNs" },
      Detail: { type: "string", required: true, says: "its members as JSON" },
    },
  },
  EventResourceList: { kind: "list", element: "string" },
  EventList: { kind: "list", element: "Event" },
  EventIdList: { kind: "list", element: "string" },

  CreateEventDestinationRequest: {
    kind: "structure",
    members: {
      ...byName,
      Url: { type: "EventDestinationUrl", required: true, says: "http or https" },
      Format: { type: "EventFormat", says: "eventbridge unless given" },
      Filter: { type: "EventFilter", says: "everything unless given" },
    },
  },
  CreateEventDestinationResponse: {
    kind: "structure",
    members: {
      ...described,
      Secret: { type: "string", required: true, says: "whsec_…, shown this once: verifies signatures" },
    },
  },
  DeleteEventDestinationRequest: { kind: "structure", members: byName },
  DeleteEventDestinationResponse: { kind: "structure", members: described },
  DescribeEventDestinationRequest: { kind: "structure", members: byName },
  DescribeEventDestinationResponse: {
    kind: "structure",
    members: {
      ...described,
      PendingDeliveries: { type: "EventDeliveryList", required: true, says: "the newest 20 that wait" },
      LastDeliveries: { type: "EventDeliveryList", required: true, says: "the newest 20, delivered or dead" },
    },
  },
  ListDeadLettersRequest: {
    kind: "structure",
    members: {
      ...byName,
      MaxResults: { type: "integer", says: "most in one reply, 1 to 100" },
      NextToken: { type: "string", says: "from the reply before" },
    },
  },
  ListDeadLettersResponse: {
    kind: "structure",
    members: {
      DeadLetters: { type: "EventDeliveryList", required: true, says: "newest first" },
      NextToken: { type: "string", says: "absent on the last page" },
    },
  },
  ListEventDestinationsRequest: { kind: "structure", members: {} },
  ListEventDestinationsResponse: {
    kind: "structure",
    members: { Destinations: { type: "EventDestinationList", required: true, says: "by name" } },
  },
  ListEventsRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", says: "of one service, a deleted one too; of all unless given" },
      DetailTypes: { type: "EventDetailTypeList", says: "only these; all unless given" },
      MinimumSeverity: { type: "EventSeverity", says: "INFO unless given" },
      StartTime: { type: "timestamp", says: "from then on" },
      EndTime: { type: "timestamp", says: "before then" },
      MaxResults: { type: "integer", says: "most in one reply, 1 to 100; 1000 unless given" },
      NextToken: { type: "string", says: "from the reply before" },
    },
  },
  ListEventsResponse: {
    kind: "structure",
    members: {
      Events: { type: "EventList", required: true, says: "newest first" },
      NextToken: { type: "string", says: "absent on the last page" },
    },
  },
  RedeliverEventsRequest: {
    kind: "structure",
    members: {
      ...byName,
      EventIds: { type: "EventIdList", says: "1 to 100; all dead letters unless given" },
    },
  },
  RedeliverEventsResponse: {
    kind: "structure",
    members: { Count: { type: "integer", required: true, says: "how many are sent again" } },
  },
  RotateEventDestinationSecretRequest: { kind: "structure", members: byName },
  RotateEventDestinationSecretResponse: {
    kind: "structure",
    members: { Secret: { type: "string", required: true, says: "the new one, shown this once" } },
  },
  TestEventDestinationRequest: { kind: "structure", members: byName },
  TestEventDestinationResponse: {
    kind: "structure",
    members: {
      IsDelivered: { type: "boolean", required: true, says: "whether it was taken" },
      Status: { type: "integer", says: "HTTP status of the answer" },
      Problem: { type: "string", says: "why it was not taken" },
    },
  },
  UpdateEventDestinationRequest: {
    kind: "structure",
    members: {
      ...byName,
      Url: { type: "EventDestinationUrl", says: "http or https" },
      Format: { type: "EventFormat", says: "how events are written" },
      Filter: { type: "EventFilter", says: "takes the place of the whole filter" },
      Status: { type: "EventDestinationStatus", says: "DISABLED: nothing is sent, what waits stays" },
    },
  },
  UpdateEventDestinationResponse: { kind: "structure", members: described },
} as const satisfies Shapes;
