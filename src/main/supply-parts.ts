/** What images must pass before a release is made of them, as the settings say. */
import type { Logger } from "pino";
import type { ImageFiles } from "../ports/image-files.ts";
import type { ReportSettings } from "../supply/image-report.ts";
import { InstallationGate } from "../supply/installation-gate.ts";
import { KeptBills } from "../supply/kept-bills.ts";
import { type NetworkSettings, registryNetwork } from "./registry-network.ts";
import type { Settings } from "./settings.ts";
import { statePath } from "./state-directory.ts";

const BILLS_DIRECTORY = "sboms";

type SupplySettings = Pick<
  Settings,
  | "stateDirectory"
  | "signatureKeys"
  | "verifySignature"
  | "imageCheckCommand"
  | "imageCheckUrl"
  | "imageCheckSeconds"
  | "imageCheckOnFailure"
> &
  NetworkSettings;

export interface SupplyPartsRequest {
  readonly settings: SupplySettings;
  readonly files: ImageFiles;
  readonly logger: Logger;
}

export function buildSupplyParts({ settings, files, logger }: SupplyPartsRequest) {
  const bills = new KeptBills(statePath(settings.stateDirectory, BILLS_DIRECTORY), files);
  const releaseGate = new InstallationGate({
    keys: {
      files: settings.signatureKeys,
      required: settings.verifySignature ?? null,
      now: Date.now,
      network: registryNetwork(settings),
    },
    bills,
    report: reportOf(settings, logger),
    tell: (event, details) => logger.warn(details, event),
  });
  return { bills, releaseGate };
}

function reportOf(settings: SupplySettings, logger: Logger): ReportSettings | null {
  const ask = askOf(settings);
  if (ask === null) return null;
  return {
    ask,
    deadlineMs: settings.imageCheckSeconds * 1_000,
    isOpenOnFailure: settings.imageCheckOnFailure === "allow",
    report: (event, details) => logger.warn(details, event),
  };
}

/** The program comes before the address, should both be set. */
function askOf({ imageCheckCommand, imageCheckUrl }: SupplySettings): ReportSettings["ask"] | null {
  if (imageCheckCommand !== undefined) return { command: imageCheckCommand };
  return imageCheckUrl === undefined ? null : { url: imageCheckUrl };
}
