/**
 * Short messages above the page: what was done, what was refused. They stay until they are dismissed or one goes to another page;
 * a success stays a moment, longer while the pointer or the keyboard is on the messages.
 */
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useRouter } from "@tanstack/react-router";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { shared } from "../texts.ts";
import { GoingTimers } from "./going-timers.ts";
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
const Timers = createContext<Pick<GoingTimers, "hold" | "release">>({
  hold: () => undefined,
  release: () => undefined,
});
const LOOKED_AT = ["pointerenter", "pointerleave", "focusin", "focusout"] as const;
/** Longer, and what is "being" done is done beside it. */
const SUCCESS_SHOWN_MS = 6_000;

export function useNotify(): Notify {
  return use(Context);
}

export function NotificationProvider({ children }: { readonly children: ReactNode }) {
  const [messages, setMessages] = useState<readonly ShownMessage[]>([]);
  const count = useRef(0);
  const [timers] = useState(() => new GoingTimers(SUCCESS_SHOWN_MS));
  const notify = useMemo<Notify>(
    () =>
      ({ type, text, header }) => {
        const id = String(count.current++);
        const dismiss = () => {
          timers.stop(id);
          setMessages((shown) => shown.filter(({ item }) => item.id !== id));
        };
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
        if (type === "success") timers.start(id, dismiss);
      },
    [timers],
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
      <Timers value={timers}>
        <Shown value={messages}>{children}</Shown>
      </Timers>
    </Context>
  );
}

/** `standing`: what is said as long as it is so, before the others. */
export function Notifications({
  standing,
}: {
  readonly standing: readonly FlashbarProps.MessageDefinition[];
}) {
  const items = [...standing, ...use(Shown).map(({ item }) => item)];
  const place = useHeldWhileRead();
  return (
    <div ref={place} aria-live="polite">
      <Flashbar items={items} stackItems />
    </div>
  );
}

/** Nothing goes by itself while the pointer or the keyboard is on what is in it. */
function useHeldWhileRead() {
  const timers = use(Timers);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    const look = () => (element?.matches(":hover, :focus-within") ? timers.hold() : timers.release());
    for (const event of LOOKED_AT) element?.addEventListener(event, look);
    return () => {
      for (const event of LOOKED_AT) element?.removeEventListener(event, look);
    };
  }, [timers]);
  // What was dismissed went from under the pointer, and no event tells of it: it is looked at after each change.
  useEffect(() => {
    if (place.current?.matches(":hover, :focus-within") === false) timers.release();
  });
  return place;
}
