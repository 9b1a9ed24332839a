/** Before a service is deleted: its VPC ingress connection goes first, here or where it stands. */
import Alert from "@cloudscape-design/components/alert";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAct } from "../../../api/queries.ts";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { service as texts } from "../../../texts.ts";
import type { Ingress } from "../use-ingress.ts";

const { ingressFirst: words } = texts;

export function IngressFirst({ ingress }: { readonly ingress: Ingress }) {
  const { VpcIngressConnectionArn: arn = "", VpcIngressConnectionName: name = "" } = ingress;
  const remove = useAct("AppRunner.DeleteVpcIngressConnection", {
    takes: (input) => [["AppRunner.DescribeVpcIngressConnection", input]],
  });
  return (
    <Alert
      type="warning"
      header={words.title(name)}
      action={
        <PermittedButton
          needs="apprunner:DeleteVpcIngressConnection"
          of={arn}
          loading={remove.isPending}
          onClick={() => remove.mutate({ VpcIngressConnectionArn: arn })}
        >
          {words.act(name)}
        </PermittedButton>
      }
    >
      <SpaceBetween size="xs">
        <div>
          {words.text} <Link href="#/networking">{words.place}</Link>
        </div>
        {remove.error === null ? null : <div>{remove.error.message}</div>}
      </SpaceBetween>
    </Alert>
  );
}
