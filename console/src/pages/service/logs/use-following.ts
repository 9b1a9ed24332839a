/** What a person does to the view of a log, told to the one who decides whether it follows the end. */
import {
  type KeyboardEvent,
  type PointerEvent,
  type TouchEvent,
  type UIEvent,
  type WheelEvent,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { Following, type Hand, type ViewPlace } from "./following.ts";
import { Stillness } from "./stillness.ts";

/** Keys that scroll what has the focus; Space does with Shift the other way. */
const KEYS: Readonly<Record<string, Hand>> = {
  ArrowUp: "up",
  PageUp: "up",
  Home: "up",
  ArrowDown: "down",
  PageDown: "down",
  End: "down",
};

export interface FollowingWish {
  /** What is shown reaches to the end of the log. */
  readonly isLast: boolean;
  /** The person has the view in hand, nothing else may move it. */
  readonly letGo: () => void;
  /** The view stands still. */
  readonly onRest: () => void;
}

export function useFollowing({ isLast, letGo, onRest }: FollowingWish) {
  const [following] = useState(() => new Following());
  const stillness = useStillness(following, onRest);
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
        if (target !== currentTarget) return;
        following.moved(placeOf(currentTarget), isLast, performance.now());
        stillness.moved();
      },
      onScrollEnd: () => stillness.ended(),
    };
  }, [following, stillness, isLast, letGo]);
  return { following, follows, handlers };
}

function useStillness(following: Following, onRest: () => void): Stillness {
  const [stillness] = useState(() => new Stillness("onscrollend" in window));
  useEffect(() => {
    stillness.tell(() => {
      following.rested();
      onRest();
    });
  }, [stillness, following, onRest]);
  useEffect(() => () => stillness.close(), [stillness]);
  return stillness;
}

export function placeOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement): ViewPlace {
  return { top: scrollTop, height: scrollHeight, view: clientHeight };
}
