/** Networks: a picture of who reaches what, and the connectors, networks and ingress connections behind it. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useReadAll } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { PagePending } from "../../app/page-states.tsx";
import { useAllServices } from "../../parts/all-services.ts";
import { networking, shell } from "../../texts.ts";
import { ConnectorsTable, type Connector } from "./connectors-table.tsx";
import { IngressTable } from "./ingress-table.tsx";
import { NetworkDiagram } from "./network-diagram.tsx";
import { networkPicture, pictureServices } from "./network-picture.ts";
import { NetworksTable } from "./networks-table.tsx";

const words = networking.picture;
const READ = { topics: ["resources"] } as const;
const SERVICES_DRAWN = 40;

export default function NetworkingPage() {
  const networks = useReadAll("Slipway.ListNetworks", {}, "Networks", READ);
  const connectors = useReadAll("AppRunner.ListVpcConnectors", {}, "VpcConnectors", READ);
  const { services, isPending } = useAllServices();
  const able = pictureServices(services);
  const drawn = able.slice(0, SERVICES_DRAWN);
  const picture = networkPicture(drawn, (connectors.data ?? []).map(toPictureConnector), networks.data ?? []);
  return (
    <Page title={shell.pages.networking} description={networking.description}>
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h2" description={words.description}>
              {words.title}
            </Header>
          }
          footer={drawn.length < able.length ? words.first(drawn.length) : undefined}
        >
          {isPending || connectors.isPending || networks.isPending ? (
            <PagePending />
          ) : connectors.data?.length === 0 ? (
            <Box color="text-body-secondary">{words.empty}</Box>
          ) : (
            <NetworkDiagram picture={picture} />
          )}
        </Container>
        <ConnectorsTable list={connectors} networks={networks.data ?? []} services={services} />
        <NetworksTable list={networks} connectors={connectors.data ?? []} />
        <IngressTable services={services} />
      </SpaceBetween>
    </Page>
  );
}

function toPictureConnector(connector: Connector) {
  const { VpcConnectorArn: arn = "", VpcConnectorName: name = "", Subnets, SecurityGroups } = connector;
  return { arn, name, subnets: Subnets ?? [], groups: SecurityGroups ?? [] };
}
