/**
 * Makes a service, in App Runner's order. `?from=<service id>` begins with the settings of one that is there,
 * `?examples=shown` with the examples.
 */
import Spinner from "@cloudscape-design/components/spinner";
import { useLocation } from "@tanstack/react-router";
import { useReadAll, useRead } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { useSession } from "../../app/session-context.tsx";
import { useAddressWords } from "../../parts/address.ts";
import { emptyDraft } from "../../parts/service-fields/draft.ts";
import { copyOf } from "../../parts/service-fields/draft-from-wire.ts";
import { create, shell } from "../../texts.ts";
import { CreateWizard } from "./create-wizard.tsx";
import { readDraft } from "./kept-draft.ts";

const above = [{ text: shell.pages.services, href: "#/services" }];

export default function CreatePage() {
  const from = useLocation({ select: ({ search }) => (search as { readonly from?: unknown }).from });
  return (
    <Page title={create.title} description={create.description} above={above} hasOwnHeading>
      {typeof from === "string" ? <Copy serviceId={from} /> : <Fresh />}
    </Page>
  );
}

function Fresh() {
  const { session } = useSession();
  const kept = readDraft(session.arn);
  const hasAskedForExamples = useAddressWords().get("examples") !== null;
  // They are in the first step.
  const stepIndex = hasAskedForExamples ? 0 : (kept?.stepIndex ?? 0);
  return (
    <CreateWizard
      initial={{ draft: kept?.draft ?? emptyDraft, stepIndex }}
      wasKept={kept !== null}
      copiedFrom={null}
    />
  );
}

function Copy({ serviceId }: { readonly serviceId: string }) {
  const services = useReadAll("AppRunner.ListServices", {}, "ServiceSummaryList");
  const arn = services.data?.find(({ ServiceId }) => ServiceId === serviceId)?.ServiceArn ?? "";
  const service = useRead("AppRunner.DescribeService", { ServiceArn: arn }, { isEnabled: arn !== "" });
  const tags = useRead("AppRunner.ListTagsForResource", { ResourceArn: arn }, { isEnabled: arn !== "" });
  if (services.data !== undefined && arn === "") return <Fresh />;
  if (service.data === undefined || tags.data === undefined) return <Spinner size="large" />;
  return (
    <CreateWizard
      initial={{ draft: copyOf(service.data.Service, tags.data.Tags ?? []), stepIndex: 0 }}
      wasKept={false}
      copiedFrom={service.data.Service.ServiceName ?? null}
    />
  );
}
