/** A page: its heading, the title of the window, and where it stands among the others. */
import Box from "@cloudscape-design/components/box";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { shell } from "../texts.ts";
import { focusNewPage } from "./page-focus.ts";

export interface Crumb {
  readonly text: string;
  /** `#/…` */
  readonly href: string;
}

interface Breadcrumbs {
  readonly shown: readonly Crumb[];
  readonly show: (crumbs: readonly Crumb[]) => void;
}

const Context = createContext<Breadcrumbs>({ shown: [], show: () => undefined });

export function BreadcrumbProvider({ children }: { readonly children: ReactNode }) {
  const [shown, show] = useState<readonly Crumb[]>([]);
  const breadcrumbs = useMemo(() => ({ shown, show }), [shown]);
  return <Context value={breadcrumbs}>{children}</Context>;
}

export function useBreadcrumbs(): readonly Crumb[] {
  return use(Context).shown;
}

export interface PageProps {
  readonly title: string;
  /** Beside the title, for example a status. */
  readonly info?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** What is within has the heading of the page, as a wizard's step has: one page, one heading. */
  readonly hasOwnHeading?: boolean;
  /** The pages above this one; Slipway itself is added. */
  readonly above?: readonly Crumb[];
  readonly children: ReactNode;
}

const NOTHING: readonly Crumb[] = [];

export function Page(props: PageProps) {
  const { title, info, description, actions, hasOwnHeading = false, above = NOTHING, children } = props;
  const { show } = use(Context);
  const path = JSON.stringify(above);
  useEffect(() => {
    document.title = `${title} - ${shell.product}`;
    show([
      { text: shell.product, href: "#/services" },
      ...(JSON.parse(path) as readonly Crumb[]),
      { text: title, href: window.location.hash },
    ]);
  }, [title, path, show]);
  useEffect(focusNewPage, []);
  return (
    <ContentLayout
      header={
        hasOwnHeading ? (
          <Title title={title} description={description} />
        ) : (
          <Header variant="h1" info={info} description={description} actions={actions}>
            {title}
          </Header>
        )
      }
    >
      {children}
    </ContentLayout>
  );
}

/** Looks as a heading does. */
function Title({ title, description }: Pick<PageProps, "title" | "description">) {
  return (
    <Box padding={{ top: "xs" }}>
      <Box fontSize="heading-xl" fontWeight="bold">
        {title}
      </Box>
      <Box color="text-body-secondary">{description}</Box>
    </Box>
  );
}
