/** The service as an AWS CLI command, as Terraform and as CloudFormation. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Tabs from "@cloudscape-design/components/tabs";
import { useRead } from "../../api/queries.ts";
import { CodeView } from "../../parts/code-view.tsx";
import type { ServiceDraft } from "../../parts/service-fields/draft.ts";
import { toCreateScaling, toCreateService } from "../../parts/service-fields/draft-to-wire.ts";
import { create } from "../../texts.ts";
import { toAwsCli } from "./as-code/aws-cli.ts";
import { toCloudFormation } from "./as-code/cloud-formation.ts";
import { toTerraform } from "./as-code/terraform.ts";

const texts = create.review;

export function AsCode({ draft }: { readonly draft: ServiceDraft }) {
  const info = useRead("Slipway.GetInfo", {});
  const wish = {
    service: toCreateService(draft),
    scaling: toCreateScaling(draft),
    endpoint: info.data?.ApiEndpoint ?? "",
    region: info.data?.Region ?? "",
  };
  const tabs = [
    ["cli", texts.cli, toAwsCli(wish)],
    ["terraform", texts.terraform, toTerraform(wish)],
    ["cloudformation", texts.cloudFormation, toCloudFormation(wish)],
  ] as const;
  return (
    <Container
      header={
        <Header variant="h2" description={texts.asCodeHelp}>
          {texts.asCode}
        </Header>
      }
    >
      <Tabs
        ariaLabel={texts.asCode}
        tabs={tabs.map(([id, label, text]) => ({
          id,
          label,
          content: <CodeView text={text} label={label} />,
        }))}
      />
    </Container>
  );
}
