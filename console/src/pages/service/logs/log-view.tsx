/**
 * The lines of a feed, drawn as far as they are seen. What is seen stays where it is when lines come or go above or below; at
 * the end of a log that goes on the view follows it, until somebody scrolls up.
 */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { exactMoment } from "../../../parts/moment.tsx";
import { logs as texts } from "../../../texts.ts";
import { LogRow, type LogRowProps } from "./log-row.tsx";
import { aheadOf, type FeedState, type LogFeed } from "./log-feed.ts";
import type { Following } from "./following.ts";
import { placeOf, useFollowing } from "./use-following.ts";

const LINE_PX = 20;
/** Who sees so few knows no better than to wait. */
const FEW_LINES = 200;
const POLL_MS = 1_000;

export interface LogViewProps extends Pick<LogRowProps, "finders" | "showsStream" | "linkTo" | "onAround"> {
  readonly feed: LogFeed;
  readonly label: string;
  /** The log goes on: follow it. */
  readonly isOpen: boolean;
  readonly wraps: boolean;
  readonly empty: ReactNode;
  /** Somebody wants the end, though the address says a moment. */
  readonly onToEnd: () => void;
  /** Whether somebody was led here by a key or a button of a former view, which has gone with the focus. */
  readonly takeFocus: () => boolean;
}

export function LogView(props: LogViewProps) {
  const { feed, isOpen, wraps, showsStream, finders, linkTo, onAround } = props;
  const state = useSyncExternalStore(feed.subscribe, feed.state);
  const { lines, hasNewer, hasOlder, error } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(NONE);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized that it gives out
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    getItemKey: useCallback((index: number) => lines[index]?.id ?? index, [lines]),
    overscan: 15,
    anchorTo: "end",
  });
  const { following, follows, handlers } = useFollowing({
    isLast: !hasNewer,
    letGo: list.cancelScroll,
    // A movement of before may have ended elsewhere.
    onRest: () => {
      if (isOpen && !hasNewer && following.follows()) list.scrollToEnd();
    },
  });
  const isAtEnd = !hasNewer && follows;
  const isPlaced = useFirstPlace(list, following, feed);
  useLayoutEffect(() => {
    if (scroller.current !== null) following.laidOut(placeOf(scroller.current), !hasNewer);
    if (isOpen && !hasNewer && following.follows()) list.scrollToEnd();
  }, [list, following, isOpen, hasNewer, lines]);
  usePolling(feed, isOpen, following.follows);
  const shown = list.getVirtualItems();
  const [first, last] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? -1];
  useEffect(() => {
    if ((!isPlaced.current && lines.length > 0) || error !== null) return;
    const ahead = aheadOf(lines.length);
    if (hasOlder && first < ahead) void feed.loadOlder();
    else if (hasNewer && last >= lines.length - ahead) void feed.loadNewer();
  }, [feed, isPlaced, error, hasOlder, hasNewer, first, last, lines]);
  useEffect(() => {
    if (isAtEnd) feed.markSeen();
  }, [feed, isAtEnd, lines]);
  const fold = useCallback((id: string) => setUnfolded((open) => toggled(open, id)), []);
  const { takeFocus } = props;
  useEffect(() => {
    if (takeFocus()) scroller.current?.focus({ preventScroll: true });
  }, [takeFocus]);
  const toEnd = () => {
    following.toEnd(performance.now());
    // The button goes: keys are to scroll the log, not the page.
    scroller.current?.focus({ preventScroll: true });
    if (hasNewer) props.onToEnd();
    else list.scrollToEnd();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || (event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    if (event.key === "End") toEnd();
    else list.scrollToOffset(0);
  };
  const isEmpty = lines.length === 0 && !hasOlder && !state.isLoadingOlder && !state.isLoadingNewer;
  return (
    <div className={wraps ? "log log-wraps" : "log"}>
      <div className="log-edge">
        <span>{edgeText(state)}</span>
        <FollowingStatus isOpen={isOpen} isAtEnd={isAtEnd} isFailed={error !== null} />
      </div>
      {/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <div
        ref={scroller}
        className="log-scroll"
        role="log"
        aria-label={props.label}
        aria-live="off"
        aria-busy={state.isLoadingOlder || state.isLoadingNewer}
        tabIndex={0}
        {...handlers}
        onKeyDown={onKeyDown}
      >
        {isEmpty && error === null ? <Box padding="xl">{props.empty}</Box> : null}
        <div className="log-lines" style={{ blockSize: list.getTotalSize() }}>
          {shown.map(({ index, key, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            return (
              <div
                key={key}
                ref={list.measureElement}
                data-index={index}
                className={line.id === state.targetId ? "log-line log-target" : "log-line"}
                style={{ transform: `translateY(${start}px)` }}
              >
                <LogRow
                  line={line}
                  finders={finders}
                  showsStream={showsStream}
                  isUnfolded={unfolded.has(line.id)}
                  onFold={fold}
                  linkTo={linkTo}
                  onAround={onAround}
                />
              </div>
            );
          })}
        </div>
      </div>
      {/* oxlint-enable */}
      {!isAtEnd && lines.length > 0 ? (
        <div className="log-to-end">
          <Button variant="primary" iconName="angle-down" onClick={toEnd}>
            {state.unseen > 0 ? texts.newLines(state.unseen, hasNewer) : texts.toEnd}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

const NONE: ReadonlySet<string> = new Set();

interface FollowingStatusProps {
  readonly isOpen: boolean;
  readonly isAtEnd: boolean;
  readonly isFailed: boolean;
}

function FollowingStatus({ isOpen, isAtEnd, isFailed }: FollowingStatusProps) {
  if (isFailed) return <StatusIndicator type="error">{texts.unread}</StatusIndicator>;
  if (!isOpen) return <StatusIndicator type="stopped">{texts.past}</StatusIndicator>;
  if (!isAtEnd) return <StatusIndicator type="pending">{texts.paused}</StatusIndicator>;
  return <StatusIndicator type="success">{texts.live}</StatusIndicator>;
}

function edgeText({ lines, hasOlder, isLoadingOlder, isLoadingNewer, lookedSinceMs }: FeedState): string {
  if (isLoadingNewer) return texts.loadingNewer;
  if (!isLoadingOlder) {
    const count = texts.shownCount(lines.length);
    return hasOlder ? count : `${count} · ${texts.beginning}`;
  }
  return lookedSinceMs === null || lines.length > FEW_LINES
    ? texts.loadingOlder
    : texts.lookingBack(exactMoment(lookedSinceMs / 1_000));
}

type List = ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>;

/** Goes once to where the view is to begin, as soon as there are lines. Another feed, as after a failure, begins anew. */
function useFirstPlace(list: List, following: Following, feed: LogFeed): RefObject<boolean> {
  const { lines, targetId, opening } = useSyncExternalStore(feed.subscribe, feed.state);
  const isPlaced = useRef(false);
  const placed = useRef<{ readonly feed: LogFeed; readonly opening: number } | null>(null);
  useLayoutEffect(() => {
    const isOther = placed.current?.feed !== feed;
    if ((!isOther && placed.current?.opening === opening) || lines.length === 0) return;
    const index = targetId === null ? -1 : lines.findIndex(({ id }) => id === targetId);
    if (index === -1) {
      if (isOther) following.toEnd(performance.now());
      list.scrollToEnd();
    } else {
      following.toLine();
      list.scrollToIndex(index, { align: "center" });
    }
    placed.current = { feed, opening };
    isPlaced.current = true;
  }, [list, following, feed, lines, targetId, opening]);
  return isPlaced;
}

/** Asks for what is new while somebody looks. */
function usePolling(feed: LogFeed, isOpen: boolean, isEndSeen: () => boolean): void {
  const latest = useRef(isEndSeen);
  useEffect(() => {
    latest.current = isEndSeen;
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void feed.poll(latest.current());
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [feed, isOpen]);
}

function toggled(open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(id)) next.add(id);
  return next;
}
