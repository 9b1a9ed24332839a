/** What a person does to the view of a log, told to the one who decides whether it follows the end. */
import {
  type KeyboardEvent,
  type PointerEvent,
  type TouchEvent,
  type UIEvent,
  type WheelEvent,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { Following, type Hand, type ViewPlace } from "./following.ts";

/** Keys that scroll what has the focus; Space does with Shift the other way. */
const KEYS: Readonly<Record<string, Hand>> = {
  ArrowUp: "up",
  PageUp: "up",
  Home: "up",
  ArrowDown: "down",
  PageDown: "down",
  End: "down",
};

/** `isLast`: what is shown reaches to the end of the log. `letGo`: the person has the view in hand, nothing else may move it. */
export function useFollowing(isLast: boolean, letGo: () => void) {
  const [following] = useState(() => new Following());
  const follows = useSyncExternalStore(following.subscribe, following.follows);
  const handlers = useMemo(() => {
    const moves = (hand: Hand, view: HTMLElement) => {
      following.moves(hand, placeOf(view));
      if (hand !== "down") letGo();
    };
    return {
      onWheel: ({ deltaY, ctrlKey, currentTarget }: WheelEvent<HTMLElement>) => {
        if (deltaY !== 0 && !ctrlKey) moves(deltaY < 0 ? "up" : "down", currentTarget);
      },
      onTouchMove: ({ currentTarget }: TouchEvent<HTMLElement>) => moves("free", currentTarget),
      onPointerDown: ({ target, currentTarget, nativeEvent }: PointerEvent<HTMLElement>) => {
        const isScrollbar = target === currentTarget && nativeEvent.offsetX >= currentTarget.clientWidth;
        if (isScrollbar) moves("free", currentTarget);
      },
      onKeyDownCapture: ({ key, shiftKey, target, currentTarget }: KeyboardEvent<HTMLElement>) => {
        const isSpace = key === " " && target === currentTarget;
        const hand = isSpace ? (shiftKey ? "up" : "down") : KEYS[key];
        if (hand !== undefined) moves(hand, currentTarget);
      },
      onScroll: ({ target, currentTarget }: UIEvent<HTMLElement>) => {
        if (target === currentTarget) following.moved(placeOf(currentTarget), isLast);
      },
      onScrollEnd: () => following.rested(),
    };
  }, [following, isLast, letGo]);
  return { following, follows, handlers };
}

export function placeOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement): ViewPlace {
  return { top: scrollTop, height: scrollHeight, view: clientHeight };
}
