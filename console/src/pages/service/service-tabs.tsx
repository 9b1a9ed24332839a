/** The tabs of a service's page: each is loaded when it is first looked at, and has an address of its own. */
import Tabs from "@cloudscape-design/components/tabs";
import { type ComponentType, lazy, Suspense } from "react";
import { loadPart } from "../../app/load-part.ts";
import { PagePending } from "../../app/page-states.tsx";
import { service as texts } from "../../texts.ts";
import type { Service, ServiceTabProps } from "./service-tab.ts";

type TabModule = { readonly default: ComponentType<ServiceTabProps> };
type TabId = keyof typeof texts.tabs;

const LOADERS: Readonly<Record<TabId, () => Promise<TabModule>>> = {
  activity: () => import("./activity/activity-tab.tsx"),
  logs: () => import("./logs/logs-tab.tsx"),
  metrics: () => import("./metrics/metrics-tab.tsx"),
  instances: () => import("./instances/instances-tab.tsx"),
  releases: () => import("./releases/releases-tab.tsx"),
  configuration: () => import("./configuration/configuration-tab.tsx"),
  domains: () => import("./domains/domains-tab.tsx"),
  usage: () => import("./usage/usage-tab.tsx"),
  why: () => import("./why/why-tab.tsx"),
};

const TABS = (Object.keys(LOADERS) as TabId[]).map((id) => ({ id, Content: lazy(loadPart(LOADERS[id])) }));
const FIRST: TabId = "activity";

export interface ServiceTabsProps {
  readonly service: Service;
  /** As the address names it. */
  readonly tab: string | undefined;
}

export function ServiceTabs({ service, tab }: ServiceTabsProps) {
  const active = TABS.find(({ id }) => id === tab)?.id ?? FIRST;
  return (
    <Tabs
      ariaLabel={texts.tabsLabel}
      activeTabId={active}
      onChange={({ detail }) => follow(detail.activeTabHref)}
      tabs={TABS.map(({ id, Content }) => ({
        id,
        label: texts.tabs[id],
        href: `#/services/${service.ServiceId}/${id}`,
        content: (
          <Suspense fallback={<PagePending />}>
            {/* Another service is another tab: nothing of the former one stays. */}
            <Content key={service.ServiceArn} service={service} />
          </Suspense>
        ),
      }))}
    />
  );
}

/** Tabs keep the browser from following their links: without this no click would change the tab. */
function follow(href: string | undefined): void {
  if (href !== undefined) window.location.hash = href;
}
