/** What all services used, and what it would have cost at App Runner. */
import { Page } from "../../app/page.tsx";
import { UsageView } from "../../parts/usage/usage-view.tsx";
import { shell } from "../../texts.ts";

export default function UsagePage() {
  return (
    <Page title={shell.pages.usage}>
      <UsageView service={null} />
    </Page>
  );
}
