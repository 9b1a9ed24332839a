/** What stands around every page: the bar on top, the navigation beside it, messages, and the live stream. */
import AppLayout from "@cloudscape-design/components/app-layout";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import { Outlet } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { followChanges, type LiveState } from "../api/live.ts";
import { checkSession } from "../api/session.ts";
import { Navigation } from "./navigation.tsx";
import { isNewVersion } from "./new-version.ts";
import { NotificationProvider, Notifications } from "./notifications.tsx";
import { BreadcrumbProvider, useBreadcrumbs } from "./page.tsx";
import { focusHeading } from "./page-focus.ts";
import { SessionTimeout } from "./session-timeout.tsx";
import { useStandingNotices } from "./standing-notices.tsx";
import { TopBar } from "./top-bar.tsx";
import { shell } from "../texts.ts";

export function Shell() {
  return (
    <NotificationProvider>
      <BreadcrumbProvider>
        <Frame />
      </BreadcrumbProvider>
    </NotificationProvider>
  );
}

function Frame() {
  const [live, setLive] = useState<LiveState>("connecting");
  const [isOutdated, setOutdated] = useState(false);
  const [isNavigationOpen, setNavigationOpen] = useState(() => window.innerWidth > NARROW_PX);
  const breadcrumbs = useBreadcrumbs();
  const notices = useStandingNotices({ live, isOutdated });
  useEffect(
    () =>
      followChanges({
        onState: setLive,
        onDoubt: () => void checkSession(),
        onReturn: () => void isNewVersion().then(setOutdated),
      }),
    [],
  );
  return (
    <>
      <button type="button" className="skip" onClick={() => focusHeading()}>
        {shell.skip}
      </button>
      <div id="top">
        <TopBar live={live} />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        // On a phone the navigation lies over the page.
        navigation={<Navigation onFollow={() => setNavigationOpen(window.innerWidth > NARROW_PX)} />}
        navigationOpen={isNavigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        breadcrumbs={<BreadcrumbGroup items={[...breadcrumbs]} ariaLabel={shell.breadcrumbs} />}
        notifications={<Notifications standing={notices} />}
        stickyNotifications
        ariaLabels={shell.layoutLabels}
        content={<Outlet />}
      />
      <SessionTimeout />
    </>
  );
}

const NARROW_PX = 700;
