/** What `slipway why` shows: findings, ends of instances and requests. */
import type * as Wire from "../../contract/index.ts";
import type { EndCount } from "../../domain/ends-diagnosis.ts";
import type { Finding } from "../../domain/finding.ts";
import type { RequestRecord } from "../../ports/request-log.ts";
import type { RecentRequests } from "../../ports/request-samples.ts";
import { toDate } from "./time.ts";

type Explanation = Wire.OutputOf<"ExplainService">;

export function findingToWire({
  severity,
  summary,
  advice,
  operationId,
}: Finding): Explanation["Findings"][number] {
  return { Severity: severity, Summary: summary, Advice: advice ?? undefined, OperationId: operationId };
}

export function endToWire({
  end,
  releaseNumber,
  count,
  last,
}: EndCount): Explanation["InstanceEnds"][number] {
  return {
    End: end,
    Count: count,
    LastAt: toDate(last.stoppedAtMs ?? last.createdAtMs),
    LastInstanceId: last.id,
    ReleaseNumber: releaseNumber,
    Reason: last.endReason ?? undefined,
    ExitCode: last.exitCode ?? undefined,
  };
}

export function requestsToWire(requests: RecentRequests): Explanation["Requests"] {
  return {
    Since: toDate(requests.sinceMs),
    IsEstimated: requests.isEstimated,
    Count: requests.count,
    Failed: requests.failedCount,
    Limited: requests.limitedCount,
    Cuts: { ...requests.cuts },
    Slowest: requests.slowest.map(sampleToWire),
    FailedSamples: requests.failed.map(sampleToWire),
  };
}

function sampleToWire(request: RequestRecord): Explanation["Requests"]["Slowest"][number] {
  const { timings } = request;
  return {
    At: toDate(request.startedAtMs),
    Method: request.method,
    Path: request.path,
    Status: request.status,
    DurationMs: timings.totalMs,
    HeldMs: timings.heldMs ?? undefined,
    QueuedMs: timings.queuedMs ?? undefined,
    InstanceId: request.instanceId ?? undefined,
    Cut: request.cut ?? undefined,
    RequestId: request.requestId,
  };
}
