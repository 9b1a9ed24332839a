/** A Slipway for a benchmark: the built program with state, ports and containers of its own, removed at the end. */
import { Installation } from "../../test/support/installation.ts";
import { buildTestImages } from "../../test/support/images/build.ts";
import type { Cleanup } from "./cleanup.ts";

export interface BenchInstallation {
  readonly slipway: Installation;
  /** Process id of the control plane. */
  readonly pid: number;
  /** Name of a small HTTP application on Node. */
  readonly image: string;
}

export async function startInstallation(cleanup: Cleanup, serviceQuota = 30): Promise<BenchInstallation> {
  const images = await buildTestImages();
  cleanup.add(() => images.remove());
  const slipway = await Installation.create({ env: { SLIPWAY_SERVICE_QUOTA: String(serviceQuota) } });
  cleanup.add(() => slipway.remove());
  // As `slipway up` does: leaves compiled code behind for the control plane.
  await slipway.slipway(["--version"]);
  const { pid } = slipway.launch();
  if (pid === undefined) throw new Error("the control plane cannot be started");
  await slipway.waitUntilServing();
  return { slipway, pid, image: images.app };
}
