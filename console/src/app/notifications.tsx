/**
 * Short messages above the page: what was done, what was refused. They stay until they are dismissed or one goes to another page;
 * when all is well, a moment.
 */
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useRouter } from "@tanstack/react-router";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { shared } from "../texts.ts";
import { type Message, pageOfPath, staysOnLeaving } from "./message-stay.ts";

export interface Notice {
  readonly type: Message["type"];
  readonly text: ReactNode;
  readonly header?: ReactNode;
}

interface ShownMessage extends Message {
  readonly item: FlashbarProps.MessageDefinition;
}

type Notify = (notice: Notice) => void;

const Context = createContext<Notify>(() => undefined);
const Shown = createContext<readonly ShownMessage[]>([]);
const SUCCESS_SHOWN_MS = 8_000;

export function useNotify(): Notify {
  return use(Context);
}

export function NotificationProvider({ children }: { readonly children: ReactNode }) {
  const [messages, setMessages] = useState<readonly ShownMessage[]>([]);
  const count = useRef(0);
  const notify = useMemo<Notify>(
    () =>
      ({ type, text, header }) => {
        const id = String(count.current++);
        const dismiss = () => setMessages((shown) => shown.filter(({ item }) => item.id !== id));
        const item = {
          id,
          type,
          content: text,
          header,
          dismissible: true,
          dismissLabel: shared.close,
          onDismiss: dismiss,
        };
        setMessages((shown) => [{ type, madeAtMs: Date.now(), item }, ...shown]);
        if (type === "success") setTimeout(dismiss, SUCCESS_SHOWN_MS);
      },
    [],
  );
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onBeforeNavigate", ({ fromLocation: from, toLocation: to }) => {
        if (from === undefined || pageOfPath(from.pathname) === pageOfPath(to.pathname)) return;
        const nowMs = Date.now();
        setMessages((shown) => shown.filter((message) => staysOnLeaving(message, nowMs)));
      }),
    [router],
  );
  return (
    <Context value={notify}>
      <Shown value={messages}>{children}</Shown>
    </Context>
  );
}

/** `standing`: what is said as long as it is so, before the others. */
export function Notifications({
  standing,
}: {
  readonly standing: readonly FlashbarProps.MessageDefinition[];
}) {
  return <Flashbar items={[...standing, ...use(Shown).map(({ item }) => item)]} stackItems />;
}
