/** An API with two services in it, for hostile callers. It keeps no log of its own, which would grow with each call. */
import { CreateServiceCommand } from "@aws-sdk/client-apprunner";
import { startTestApi, type TestApi } from "../../src/api/testing/test-api.ts";
import { FakeAuditTrail } from "../../src/ports/fake-audit-trail.ts";

export interface FuzzedApi extends TestApi {
  /** What the newest fault was, with its stack; empty while there was none. */
  readonly lastFault: () => string;
}

export async function startFuzzedApi(): Promise<FuzzedApi> {
  let fault = "";
  const audit = new FakeAuditTrail();
  const slipway = await startTestApi({
    audit: Object.assign(audit, { record: () => Promise.resolve() }),
    logger: {
      info: () => undefined,
      debug: () => undefined,
      isLevelEnabled: () => true,
      error: ({ err }: { readonly err?: unknown }) => {
        fault = err instanceof Error ? String(err.stack) : String(err);
      },
    },
  });
  for (const ServiceName of ["web1", "web2"]) {
    const ImageRepository = { ImageIdentifier: "nginx:1", ImageRepositoryType: "ECR" } as const;
    await slipway.client.send(
      new CreateServiceCommand({ ServiceName, SourceConfiguration: { ImageRepository } }),
    );
  }
  return { ...slipway, lastFault: () => fault };
}
