/** All services: how each stands, what it is made from, what it has and what it gets. */
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useRead } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { PagePending } from "../../app/page-states.tsx";
import { useLiveServices } from "../../parts/live-services.ts";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { services as texts, shared } from "../../texts.ts";
import { ServiceActionsMenu } from "../service/actions/service-actions-menu.tsx";
import { useServiceActions } from "../service/actions/use-service-actions.tsx";
import { FirstService } from "./first-service.tsx";
import { serviceColumns } from "./service-columns.tsx";
import { countValues, filterRows, type ServiceRow, tagsOf } from "./service-rows.ts";
import { useTraffic } from "./use-traffic.ts";

const NONE: readonly ServiceRow[] = [];
/** The operation takes no more. */
const MOST_IDS = 100;
const TOPICS = ["services", "service", "operations", "instances"];

export default function ServicesPage() {
  const [page, setPage] = useState<readonly ServiceRow[]>(NONE);
  const seen = useMemo(() => page.map(keyOf).slice(0, MOST_IDS), [page]);
  const list = useLiveServices("Slipway.ListServiceOverviews", { topics: TOPICS, seen });
  const isEmpty = list.data?.length === 0;
  return (
    <Page
      title={texts.title}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {isEmpty ? null : (
            <PermittedButton
              needs="apprunner:CreateService"
              href="#/services/create?examples=shown"
              variant="link"
            >
              {texts.first.another}
            </PermittedButton>
          )}
          <PermittedButton
            needs="apprunner:CreateService"
            href="#/services/create"
            variant={isEmpty ? "normal" : "primary"}
          >
            {texts.create}
          </PermittedButton>
        </SpaceBetween>
      }
    >
      {isEmpty ? <FirstService /> : null}
      {list.isPending ? <PagePending /> : null}
      {isEmpty || list.isPending ? null : <ServiceList list={list} page={page} onPage={setPage} />}
    </Page>
  );
}

interface ServiceListProps {
  readonly list: {
    readonly data: readonly ServiceRow[] | undefined;
    readonly isPending: boolean;
    readonly error: { readonly message: string } | null;
    readonly refetch: () => unknown;
  };
  /** What the table shows of it. */
  readonly page: readonly ServiceRow[];
  readonly onPage: (page: readonly ServiceRow[]) => void;
}

function ServiceList({ list, page, onPage }: ServiceListProps) {
  const [filter, setFilter] = useState({ status: "", tag: "" });
  const { start, dialog } = useServiceActions();
  const rows = list.data ?? NONE;
  const shown = filterRows(rows, filter);
  const scheme = useRead("Slipway.GetInfo", {}).data?.ServiceScheme ?? "http";
  const columns = serviceColumns({
    trafficOf: useTraffic(page),
    urlOf: ({ ServiceUrl: url }) => `${scheme}://${url}`,
  });
  return (
    <>
      <ResourceTable<ServiceRow>
        id="services"
        title={texts.title}
        list={{ ...list, data: list.data && shown }}
        {...(list.data !== undefined && shown.length < rows.length
          ? { counter: texts.shown(shown.length, rows.length) }
          : {})}
        keyOf={keyOf}
        columns={columns}
        sortedBy="name"
        selection="single"
        onPage={onPage}
        empty={{ title: texts.emptyTitle, text: texts.emptyText }}
        actions={([selected]) => <ServiceActionsMenu subject={selected} start={start} />}
        filters={<Filters rows={rows} filter={filter} onChange={setFilter} />}
      />
      {dialog}
    </>
  );
}

function keyOf({ ServiceId: id }: ServiceRow): string {
  return id;
}

interface FiltersProps {
  readonly rows: readonly ServiceRow[];
  readonly filter: { readonly status: string; readonly tag: string };
  readonly onChange: (filter: { readonly status: string; readonly tag: string }) => void;
}

function Filters({ rows, filter, onChange }: FiltersProps) {
  const statuses = countValues(rows.map(({ Status: status }) => status)).map(([value, count]) => ({
    value,
    label: texts.withCount(shared.serviceStatus[value as ServiceRow["Status"]], count),
  }));
  const tags = countValues(rows.flatMap(tagsOf)).map(([value, count]) => ({
    value,
    label: texts.withCount(value, count),
  }));
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Choice
        label={texts.byStatus}
        any={texts.allStatuses}
        options={statuses}
        value={filter.status}
        onChange={(status) => onChange({ ...filter, status })}
      />
      {tags.length === 0 ? null : (
        <Choice
          label={texts.byTag}
          any={texts.allTags}
          options={tags}
          value={filter.tag}
          onChange={(tag) => onChange({ ...filter, tag })}
        />
      )}
    </SpaceBetween>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly any: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Choice({ label, any, options, value, onChange }: ChoiceProps) {
  const all = [{ value: "", label: any }, ...options];
  return (
    <Select
      ariaLabel={label}
      options={all}
      selectedOption={all.find((one) => one.value === value) ?? { value, label: value }}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
    />
  );
}
