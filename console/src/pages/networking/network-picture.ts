/** Where boxes and lines of the picture of networks stand. Pure. */
import type { DescribedService } from "../../parts/all-services.ts";
import { networking } from "../../texts.ts";
import { type Network, networkText } from "./network-form.ts";

const words = networking.picture;

export interface PictureService {
  readonly arn: string;
  readonly name: string;
  readonly isPublic: boolean;
  readonly isPaused: boolean;
  /** Null: none. */
  readonly connectorArn: string | null;
}

export interface PictureConnector {
  readonly arn: string;
  readonly name: string;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
}

export interface Box {
  readonly id: string;
  readonly column: 0 | 1 | 2;
  readonly row: number;
  readonly title: string;
  readonly note: string;
}

export interface Line {
  readonly from: Box;
  readonly to: Box;
}

export interface Picture {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  readonly rows: number;
}

const EVERYWHERE = "everywhere";
const NO_CONNECTOR = "none";

/** Those that can run: what was never made, and what is gone, reaches nothing and is reached by nobody. */
export function pictureServices(services: readonly DescribedService[]): readonly PictureService[] {
  return services
    .filter(({ Status }) => Status !== "CREATE_FAILED" && Status !== "DELETED")
    .map(({ ServiceArn, ServiceName, Status, NetworkConfiguration }) => {
      const { IngressConfiguration: ingress, EgressConfiguration: egress } = NetworkConfiguration;
      return {
        arn: ServiceArn,
        name: ServiceName,
        isPublic: ingress?.IsPubliclyAccessible ?? true,
        isPaused: Status === "PAUSED",
        connectorArn: egress?.EgressType === "VPC" ? (egress.VpcConnectorArn ?? null) : null,
      };
    });
}

/** Services on the left, connectors, what they reach on the right. Connectors that nobody uses are in it too. */
export function networkPicture(
  services: readonly PictureService[],
  connectors: readonly PictureConnector[],
  networks: readonly Network[],
): Picture {
  const reached = new Set(connectors.flatMap(({ subnets }) => subnets));
  const isEverywhere = services.some(({ connectorArn }) => connectorArn === null);
  const noConnector = { id: NO_CONNECTOR, title: words.noConnector, note: words.noConnectorText };
  const everywhere = { id: EVERYWHERE, title: words.everywhere, note: words.everywhereText };
  const boxes = [
    ...inColumn(
      0,
      services.map(({ arn, name, isPublic, isPaused }) => ({
        id: arn,
        title: name,
        note: isPaused ? words.paused : isPublic ? words.public : words.private,
      })),
    ),
    ...inColumn(1, [
      ...(isEverywhere ? [noConnector] : []),
      ...connectors.map(({ arn, name, groups }) => ({
        id: arn,
        title: name,
        note: groups.length === 0 ? words.all : words.narrowed(groups.length),
      })),
    ]),
    ...inColumn(2, [
      ...(isEverywhere ? [everywhere] : []),
      ...[...reached].map((id) => subnetBox(id, networks)),
    ]),
  ];
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const lines = [
    ...services.map(({ arn, connectorArn }) => [arn, connectorArn ?? NO_CONNECTOR] as const),
    [NO_CONNECTOR, EVERYWHERE] as const,
    ...connectors.flatMap(({ arn, subnets }) => subnets.map((subnet) => [arn, subnet] as const)),
  ].flatMap(([from, to]) => lineOf(byId.get(from), byId.get(to)));
  return { boxes, lines, rows: Math.max(0, ...boxes.map(({ row }) => row + 1)) };
}

type Unplaced = Omit<Box, "column" | "row">;

function inColumn(column: Box["column"], boxes: readonly Unplaced[]): readonly Box[] {
  return boxes.map(({ id, title, note }, row) => ({ id, title, note, column, row }));
}

function subnetBox(id: string, networks: readonly Network[]): Unplaced {
  const network = networks.find(({ NetworkId }) => NetworkId === id);
  if (network === undefined) return { id, title: id, note: words.unknown };
  return { id, title: network.Name, note: networkText(network) };
}

function lineOf(from: Box | undefined, to: Box | undefined): readonly Line[] {
  return from === undefined || to === undefined ? [] : [{ from, to }];
}
