/** The bar on top: whose session it is, how the page looks, and whether what is seen is of this moment. */
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { useState } from "react";
import type { LiveState } from "../api/live.ts";
import { useMaySurely } from "../api/permissions.ts";
import { useRead } from "../api/queries.ts";
import { signOut } from "../api/session.ts";
import { shell } from "../texts.ts";
import { useNotify } from "./notifications.tsx";
import { useSession } from "./session-context.tsx";
import { chooseTheme, chosenTheme, type Theme } from "./theme.ts";

const LIVE_ICONS = { connecting: "status-pending", live: "status-positive", lost: "status-warning" } as const;
const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function TopBar({ live }: { readonly live: LiveState }) {
  const { session, setSession } = useSession();
  const notify = useNotify();
  const [theme, setTheme] = useState(chosenTheme);
  const leave = async () => {
    try {
      const onward = await signOut();
      setSession(null);
      if (onward !== null) window.location.assign(onward);
    } catch (error) {
      notify({ type: "error", text: (error as Error).message });
    }
  };
  const act = (id: string) => {
    if (id === "sign-out") void leave();
    const chosen = THEMES.find((one) => one === id);
    if (chosen === undefined) return;
    chooseTheme(chosen);
    setTheme(chosen);
  };
  const isEnabled = useMaySurely("slipway:GetInfo", "*");
  const info = useRead("Slipway.GetInfo", {}, { isEnabled });
  const region = info.data?.Region ?? "";
  return (
    <TopNavigation
      identity={{ href: "#/services", title: shell.product, logo: { src: "./icon.svg", alt: "" } }}
      utilities={[
        {
          type: "button",
          href: "#/health",
          text: shell.live[live],
          title: shell.liveWhat[live],
          ariaLabel: `${shell.live[live]}: ${shell.liveWhat[live]}`,
          iconName: LIVE_ICONS[live],
        },
        ...(region === "" ? [] : [{ type: "button", href: "#/account", text: region } as const]),
        {
          type: "menu-dropdown",
          iconName: "settings",
          ariaLabel: shell.appearance,
          title: shell.appearance,
          items: THEMES.map((one) => ({
            id: one,
            text: shell.themes[one],
            itemType: "checkbox",
            checked: one === theme,
          })),
          onItemClick: ({ detail }) => act(detail.id),
        },
        {
          type: "menu-dropdown",
          text: session.name,
          description: `${session.name} @ ${accountOf(session.arn)}`,
          iconName: "user-profile",
          items: [
            { id: "account", text: shell.account, href: "#/account" },
            { id: "sign-out", text: shell.signOut },
          ],
          onItemClick: ({ detail }) => act(detail.id),
        },
      ]}
    />
  );
}

/** `000000000000`, of an ARN. */
function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}
