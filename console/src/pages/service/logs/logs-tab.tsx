/** What a service has written and what was written of it: live, searched, back to any moment. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { call } from "../../../api/call.ts";
import { missingPermission } from "../../../parts/missing-permission.ts";
import { UnreadAlert } from "../../../parts/unread-alert.tsx";
import { useAddressWords } from "../../../parts/address.ts";
import { useKeptState } from "../../../parts/kept-state.ts";
import { RangePicker } from "../../../parts/range-picker.tsx";
import { logs as texts } from "../../../texts.ts";
import { hrefOfKeyIn } from "../../keys/key-names.ts";
import type { Service, ServiceTabProps } from "../service-tab.ts";
import { AccessLogOff, useAccessLog } from "./access-log.tsx";
import { findersOf } from "./highlight.ts";
import { LOG_KINDS, type LogChoice, queryOf, readChoice } from "./log-choice.ts";
import { DownloadButton, DownloadProgress, useLogDownload } from "./log-download.tsx";
import { LogFeed } from "./log-feed.ts";
import { logFileName } from "./log-file.ts";
import { useLogParts } from "./log-parts.ts";
import { GoToTime } from "./go-to-time.tsx";
import { LogSearch } from "./log-search.tsx";
import { type LogLine, type LogQuery, LogSource } from "./log-source.ts";
import { LogView } from "./log-view.tsx";
import { EmptyList } from "../../../parts/resource-table-states.tsx";
import "./logs.css";

export default function LogsTab({ service }: ServiceTabProps) {
  const address = useAddressWords();
  const choice = useMemo(() => readChoice(address.get), [address]);
  const { kind, pattern, atMs } = choice;
  const parts = useLogParts(service, kind);
  const part = choice.part ?? parts.standard;
  const [{ wraps }, keep] = useKeptState("logs", { wraps: false });
  const change = address.change;
  const [leadOn, takeFocus] = useLeading();
  return (
    <SpaceBetween size="s">
      <div className="log-tools">
        <SegmentedControl
          label={texts.kindsLabel}
          selectedId={kind}
          options={LOG_KINDS.map((id) => ({ id, text: texts.kinds[id] }))}
          onChange={({ detail }) => change({ log: detail.selectedId, part: null, at: null, line: null })}
        />
        {parts.options.length === 0 ? null : (
          <Select
            ariaLabel={kind === "application" ? texts.instanceLabel : texts.operationLabel}
            options={parts.options}
            selectedOption={parts.options.find(({ value }) => value === (part ?? "")) ?? unlisted(part)}
            placeholder={texts.noOperation}
            expandToViewport
            filteringType={parts.options.length > 10 ? "auto" : "none"}
            onChange={({ detail }) =>
              change({ part: detail.selectedOption.value || null, at: null, line: null })
            }
          />
        )}
        <RangePicker
          choice={choice}
          placeholder={texts.allTime}
          onChange={(range) => change({ ...range, at: null, line: null })}
        />
        <GoToTime onGo={(moment) => change({ at: moment, line: null }, { isStep: true })} />
        <Toggle checked={wraps} onChange={({ detail }) => keep({ wraps: detail.checked })}>
          {texts.wrap}
        </Toggle>
      </div>
      {part === undefined ? null : (
        <OneLog
          key={JSON.stringify([choice, part])}
          service={service}
          choice={choice}
          part={part}
          wraps={wraps}
          onSearch={(filter) => change({ filter: filter === "" ? null : filter, at: null, line: null })}
          onToEnd={() => {
            leadOn();
            change({ at: null, line: null, until: null, from: null });
          }}
          takeFocus={takeFocus}
          onAround={
            pattern === ""
              ? undefined
              : (line) => change({ filter: null, at: line.atMs, line: line.id }, { isStep: true })
          }
          canReopen={atMs !== null}
        />
      )}
    </SpaceBetween>
  );
}

/** The way to the end may lead to another view: the focus goes there with whoever goes, once. */
function useLeading() {
  const isLed = useRef(false);
  const leadOn = useCallback(() => {
    isLed.current = true;
  }, []);
  const takeFocus = useCallback(() => {
    const wasLed = isLed.current;
    isLed.current = false;
    return wasLed;
  }, []);
  return [leadOn, takeFocus] as const;
}

/** One that wrote long ago, named by a link. */
function unlisted(part: string | null | undefined) {
  return part ? { value: part, label: texts.instance(part) } : null;
}

interface OneLogProps {
  readonly service: Service;
  readonly choice: LogChoice;
  readonly part: string | null;
  readonly wraps: boolean;
  readonly onSearch: (pattern: string) => void;
  readonly onToEnd: () => void;
  readonly takeFocus: () => boolean;
  readonly onAround: ((line: LogLine) => void) | undefined;
  /** The end is another address than this one. */
  readonly canReopen: boolean;
}

function OneLog(props: OneLogProps) {
  const { service, choice, part, wraps, onSearch, onToEnd, onAround, canReopen } = props;
  const { kind, pattern, atMs, lineId } = choice;
  const [{ query, feed }, setOpened] = useState(() => openFeed(service, choice, part));
  const error = useSyncExternalStore(feed.subscribe, () => feed.state().error);
  const hasLines = useSyncExternalStore(feed.subscribe, () => feed.state().lines.length > 0);
  const finders = useMemo(() => findersOf(pattern), [pattern]);
  const accessLog = useAccessLog(service, kind === "requests");
  const download = useLogDownload(query, (nowMs, format) =>
    logFileName({ serviceName: service.ServiceName, kind, part }, nowMs, format),
  );
  const retry = () => setOpened(openFeed(service, choice, part));
  useEffect(() => {
    void (atMs === null ? feed.openAtEnd() : feed.openAt(atMs, lineId));
    return () => feed.close();
  }, [feed, atMs, lineId]);
  // Nothing to search, to download or to look at.
  if (error !== null && !hasLines && missingPermission(error.message) !== null) {
    return <LogUnread message={error.message} onRetry={retry} />;
  }
  return (
    <SpaceBetween size="s">
      <div className="log-tools">
        <LogSearch pattern={pattern} onSearch={onSearch} />
        <DownloadButton download={download} />
      </div>
      <DownloadProgress download={download} />
      {error === null ? null : <LogUnread message={error.message} onRetry={retry} />}
      {accessLog.isOff ? <AccessLogOff accessLog={accessLog} /> : null}
      <LogView
        feed={feed}
        label={texts.linesLabel(texts.kinds[kind], service.ServiceName)}
        isOpen={query.endMs === null}
        wraps={wraps}
        finders={finders}
        showsStream={kind === "application" && part === null}
        linkTo={linkTo}
        onAround={onAround}
        onToEnd={canReopen ? onToEnd : retry}
        takeFocus={props.takeFocus}
        empty={
          pattern === "" ? (
            <EmptyList title={texts.emptyTitle} text={texts.emptyTexts[kind]} />
          ) : (
            <EmptyList
              title={texts.noMatchTitle}
              text={texts.noMatchText}
              action={<Button onClick={() => onSearch("")}>{texts.clearSearch}</Button>}
            />
          )
        }
      />
    </SpaceBetween>
  );
}

function LogUnread({ message, onRetry }: { readonly message: string; readonly onRetry: () => unknown }) {
  if (missingPermission(message) !== null) {
    return <UnreadAlert failed={texts.failed} message={message} onRetry={onRetry} />;
  }
  return (
    <Alert
      type="error"
      header={texts.failed}
      action={<Button onClick={() => void onRetry()}>{texts.tryAgain}</Button>}
    >
      {message} <KeyLink message={message} />
    </Alert>
  );
}

/** Where the key is enabled that the log cannot be read without. */
function KeyLink({ message }: { readonly message: string }) {
  const href = hrefOfKeyIn(message);
  return href === null ? null : <Link href={href}>{texts.toKey}</Link>;
}

function openFeed(
  service: Service,
  choice: LogChoice,
  part: string | null,
): { readonly query: LogQuery; readonly feed: LogFeed } {
  const query = queryOf(service, choice, { part, nowMs: Date.now() });
  const source = new LogSource(query, (input, signal) =>
    call("Logs_20140328.FilterLogEvents", input, signal),
  );
  return { query, feed: new LogFeed(source, Date.now) };
}

/** The page as it is now, at this line. */
function linkTo({ atMs, id }: LogLine): string {
  const [before, words] = window.location.href.split("?", 2) as [string, string | undefined];
  const changed = new URLSearchParams(words);
  changed.set("at", String(atMs));
  changed.set("line", id);
  return `${before}?${changed}`;
}
