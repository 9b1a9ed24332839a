/** What everybody asks first of a service: where it is, what it is made from, what serves. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { CopyText } from "../../parts/copy-text.tsx";
import { InstanceCounts } from "../../parts/instance-counts.tsx";
import { Moment } from "../../parts/moment.tsx";
import { service as texts } from "../../texts.ts";
import type { ServiceOverview } from "./use-service.ts";
import type { Place, ServiceAddress } from "./use-service-address.ts";

export interface ServiceFactsProps {
  readonly overview: ServiceOverview;
  readonly address: ServiceAddress;
}

const { facts: words } = texts;

export function ServiceFacts({ overview, address }: ServiceFactsProps) {
  const { ServiceArn: arn } = overview;
  return (
    <Container>
      <dl className="facts">
        <Fact name={address.isPublic ? words.url : words.insideUrl} below={<AlsoInside {...address} />}>
          <Address {...address} />
        </Fact>
        <Fact name={words.release}>
          <PresentRelease overview={overview} />
        </Fact>
        <Fact name={words.instances}>
          <InstanceCounts counts={overview.Instances} status={overview.Status} />
        </Fact>
        <Fact name={words.arn}>
          <Box variant="span" fontSize="body-s" color="text-body-secondary">
            {arn}
          </Box>
          <CopyText text={arn} label={words.arn} isIcon />
        </Fact>
      </dl>
    </Container>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
  /** Another name and value in the same column. */
  readonly below?: ReactNode;
}

function Fact({ name, children, below }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
      {below}
    </div>
  );
}

function Address({ isPublic, reached, isReading }: ServiceAddress) {
  if (isReading) return null;
  if (reached === null) {
    return (
      <>
        {words.private}
        <Link href="#/networking" fontSize="body-s">
          {words.makeIngress}
        </Link>
      </>
    );
  }
  return <PlaceLink {...reached} label={isPublic ? words.url : words.insideUrl} />;
}

/** A service that became public keeps the connection that it has. */
function AlsoInside({ isPublic, inside }: ServiceAddress) {
  if (!isPublic || inside === null) return null;
  return (
    <>
      <dt>{words.insideUrl}</dt>
      <dd>
        <PlaceLink {...inside} label={words.insideUrl} />
      </dd>
    </>
  );
}

function PlaceLink({ host, url, label }: Place & { readonly label: string }) {
  return (
    <>
      <Link href={url} fontSize="body-s" external externalIconAriaLabel={texts.newTab}>
        {host}
      </Link>
      <CopyText text={url} label={label} isIcon />
    </>
  );
}

function PresentRelease({ overview }: Pick<ServiceFactsProps, "overview">) {
  const { ServiceId: id, ReleaseNumber: number, ReleasedAt: at } = overview;
  if (number === undefined) return <Box color="text-body-secondary">{words.none}</Box>;
  return (
    <>
      <Link href={`#/services/${id}/releases`}>{words.releaseLine(number)}</Link>
      <Box variant="span" color="text-body-secondary">
        <Moment seconds={at} />
      </Box>
    </>
  );
}
