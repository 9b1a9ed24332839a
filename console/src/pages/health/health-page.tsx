/** How Slipway itself is: its status, the doctor's findings, the vault, its log, its versions. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRead } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { Reading } from "../../parts/reading.tsx";
import { health } from "../../texts.ts";
import { DiskUse } from "./disk-use.tsx";
import { Doctor } from "./doctor.tsx";
import { InstallationFacts } from "./installation-facts.tsx";
import { OverallStatus } from "./overall-status.tsx";
import { OwnLog } from "./own-log.tsx";
import { Vault } from "./vault.tsx";

const REREAD_MS = 5_000;

export default function HealthPage() {
  const status = useRead("Slipway.GetStatus", {}, { everyMs: REREAD_MS });
  return (
    <Page title={health.title} description={health.description}>
      <SpaceBetween size="l">
        <Reading answer={status} failed={health.unread}>
          {(data) => <OverallStatus status={data} />}
        </Reading>
        <DiskUse />
        <Doctor />
        <Vault />
        <OwnLog />
        <InstallationFacts machine={status.data?.Machine} />
      </SpaceBetween>
    </Page>
  );
}
