import type * as Wire from "../../contract/index.ts";
import type { Instance } from "../../domain/instance.ts";
import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { findService } from "../resources/service-lookup.ts";
import { scalingToWire } from "../wire/scaling-to-wire.ts";
import { toDate, toOptionalDate } from "../wire/time.ts";

/** Ours: the instances of a service, newest first, ended ones too as long as they are remembered. */
export const listInstances: Handler<"ListInstances"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const page = await readPage({ operation: "ListInstances", input }, context, (request) =>
    context.store.instances.list(service.id, request),
  );
  const inFlight = await context.instancesInFlight(service.id);
  return {
    Instances: page.rows.map((row) => toWireInstance(row, inFlight.get(row.id))),
    Scaling: await scalingToWire(service, context),
    ...page.nextToken,
  };
};

function toWireInstance(instance: Instance, inFlight: number | undefined): Wire.Instance {
  return {
    InstanceId: instance.id,
    ReleaseNumber: instance.releaseNumber,
    State: instance.state,
    Activity: instance.activity ?? "run",
    StartReason: instance.startReason,
    Address: instance.address === null ? undefined : `${instance.address}:${instance.port}`,
    CreatedAt: toDate(instance.createdAtMs),
    ReadyAt: toOptionalDate(instance.readyAtMs),
    StoppedAt: toOptionalDate(instance.stoppedAtMs),
    Reason: instance.endReason ?? undefined,
    ExitCode: instance.exitCode ?? undefined,
    InFlight: inFlight,
  };
}
