/** Services by name, each a link to its page. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { Fragment } from "react";
import { nameOfArn, serviceHref } from "./arn.ts";

export interface ServiceLinksProps {
  readonly arns: readonly string[];
  /** Opened at this tab. */
  readonly tab?: string;
  /** Said when there is none. */
  readonly none: string;
}

export function ServiceLinks({ arns, tab, none }: ServiceLinksProps) {
  if (arns.length === 0) return <Box color="text-body-secondary">{none}</Box>;
  return (
    <>
      {arns.map((arn, index) => (
        <Fragment key={arn}>
          {index === 0 ? "" : ", "}
          <Link href={serviceHref(arn, tab)}>{nameOfArn(arn)}</Link>
        </Fragment>
      ))}
    </>
  );
}
