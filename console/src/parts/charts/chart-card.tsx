/** A chart in a frame with its name: as a picture, as a table, as a file. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { charts as texts } from "../../texts.ts";
import { saveFile } from "../save-file.ts";
import { formatValue } from "./axis.ts";
import { momentText } from "./chart-legend.tsx";
import { csvOf, rowsOf } from "./series.ts";
import { TimeChart, type TimeChartProps } from "./time-chart.tsx";

export interface ChartCardProps extends TimeChartProps {
  readonly description?: string;
  /** Of the file, without its ending. */
  readonly fileName: string;
}

export function ChartCard({ description, fileName, ...chart }: ChartCardProps) {
  const [isTable, setTable] = useState(false);
  const { title, series } = chart;
  return (
    <Container
      header={
        <Header
          variant="h3"
          description={description}
          actions={
            <SpaceBetween direction="horizontal" size="xxs">
              <Button
                variant="icon"
                iconName={isTable ? "grid-view" : "list-view"}
                ariaLabel={isTable ? texts.asChart(title) : texts.asTable(title)}
                onClick={() => setTable(!isTable)}
              />
              <Button
                variant="icon"
                iconName="download"
                ariaLabel={texts.download(title)}
                onClick={() => saveFile(`${fileName}.csv`, [csvOf(series)], "text/csv")}
              />
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
    >
      {isTable ? <ChartTable {...chart} /> : <TimeChart {...chart} />}
    </Container>
  );
}

function ChartTable({ title, series, unit, isUtc = false }: TimeChartProps) {
  const rows = useMemo(() => rowsOf(series), [series]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <section className="chart-table" aria-label={title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.time}</th>
            {series.map((one) => (
              <th key={one.id} scope="col">
                {one.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ atMs, values }) => (
            <tr key={atMs}>
              <td>{momentText(atMs, isUtc)}</td>
              {series.map((one, column) => {
                const value = values[column] ?? null;
                return <td key={one.id}>{value === null ? "–" : formatValue(value, unit)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
