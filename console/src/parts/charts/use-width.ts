/** How wide an element is, so that what is drawn in it is drawn to fit. */
import { type RefObject, useLayoutEffect, useState } from "react";

const FIRST_GUESS_PX = 480;

export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [widthPx, setWidth] = useState(FIRST_GUESS_PX);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(1, Math.round(entry.contentRect.width)));
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return widthPx;
}
