// Our own operation that tells what services used, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

export const usageOperations = {
  GetUsage: {
    input: "GetUsageRequest",
    output: "GetUsageResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException", "ResourceNotFoundException"],
    says: "Tells what services used, provisioned and active, and what App Runner would have charged for it.",
  },
} as const satisfies OperationModels;

export const usageShapes = {
  GetUsageRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", says: "one service, a deleted one too; all of them unless given" },
      StartTime: {
        type: "timestamp",
        says: "rounded down to the period it lies in; the beginning of this month (UTC) unless given",
      },
      EndTime: {
        type: "timestamp",
        says: "nothing of days (of hours with HOUR) that begin at it or later; now unless given",
      },
      Granularity: {
        type: "UsageGranularity",
        says: "DAY unless given; HOUR is kept for 62 days, and for 31 at once",
      },
    },
  },
  UsageGranularity: { kind: "enum", values: ["HOUR", "DAY", "MONTH"] },
  GetUsageResponse: {
    kind: "structure",
    members: {
      Granularity: { type: "UsageGranularity", required: true, says: "of Periods" },
      StartTime: { type: "timestamp", required: true, says: "where the first period begins" },
      EndTime: { type: "timestamp", required: true, says: "where it ends" },
      VcpuHourPrice: { type: "double", required: true, says: "dollars for an active vCPU for an hour" },
      GbHourPrice: { type: "double", required: true, says: "dollars for a GB of memory for an hour" },
      BuildMinutePrice: { type: "double", required: true, says: "dollars for a minute of building" },
      AutomaticDeploymentMonthPrice: {
        type: "double",
        required: true,
        says: "dollars for a month (730 hours) of a service with automatic deployments",
      },
      EgressGbPrice: {
        type: "double",
        required: true,
        says: "dollars for a GB (2^30 bytes) of answers; 0 unless set: AWS has it on another bill",
      },
      UnverifiedPrices: {
        type: "StringList",
        required: true,
        says: "members of this reply whose price is one that is commonly quoted for App Runner and that nobody has set",
      },
      MachineMonthPrice: {
        type: "double",
        says: "dollars for a month of this machine, where they were set: then Usage tells MachineCost",
      },
      Total: { type: "Usage", required: true, says: "the sum" },
      Periods: { type: "UsagePeriodList", required: true, says: "oldest first; empty ones are left out" },
      Services: { type: "ServiceUsageList", required: true, says: "the costly first; deleted ones too" },
    },
  },
  UsagePeriodList: { kind: "list", element: "UsagePeriod" },
  UsagePeriod: {
    kind: "structure",
    members: {
      StartTime: { type: "timestamp", required: true, says: "when it begins; periods are of UTC" },
      Usage: { type: "Usage", required: true, says: "within it, of all services asked for" },
    },
  },
  ServiceUsageList: { kind: "list", element: "ServiceUsage" },
  ServiceUsage: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      ServiceName: { type: "string", required: true, says: "its name, which another one may bear by now" },
      Status: { type: "ServiceStatus", required: true, says: "how it stands now" },
      Usage: { type: "Usage", required: true, says: "over the whole time" },
    },
  },
  Usage: {
    kind: "structure",
    members: {
      ProvisionedInstanceHours: {
        type: "double",
        required: true,
        says: "of all instances that were there: running, throttled or frozen",
      },
      ActiveInstanceHours: { type: "double", required: true, says: "of those that had requests" },
      VcpuHours: { type: "double", required: true, says: "processors of active instances" },
      GbHours: { type: "double", required: true, says: "memory of provisioned instances" },
      Requests: { type: "long", required: true, says: "that came" },
      InstanceStarts: { type: "long", required: true, says: "containers that became ready" },
      BuildMinutes: { type: "double", required: true, says: "of builds for deployments, failed ones too" },
      AutomaticDeploymentMonths: {
        type: "double",
        required: true,
        says: "for which a service was deployed automatically, in months of 730 hours",
      },
      EgressBytes: { type: "long", required: true, says: "of answers, as the edge counted them" },
      Cost: { type: "double", required: true, says: "dollars that App Runner would have charged" },
      MachineCost: {
        type: "double",
        says: "dollars of the machine's price for the time, shared by what App Runner would have charged for compute",
      },
      AlwaysActiveCost: {
        type: "double",
        required: true,
        says: "dollars, had at least the minimum always been there and all been active all the time",
      },
    },
  },
} as const satisfies Shapes;
