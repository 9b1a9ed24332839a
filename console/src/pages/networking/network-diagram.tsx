/** The picture of networks: boxes in three columns, with lines between them; for who hears the page, sentences. */
import { tone } from "../../parts/tone.ts";
import { networking } from "../../texts.ts";
import type { Box, Line, Picture } from "./network-picture.ts";

const words = networking.picture;
const BOX = { width: 220, height: 46, gapX: 110, gapY: 14 } as const;
const HEAD = 28;
const COLUMNS = [words.services, words.connectors, words.networks];
const MAX_CHARACTERS = 28;

export function NetworkDiagram({ picture }: { readonly picture: Picture }) {
  const width = 3 * BOX.width + 2 * BOX.gapX;
  const height = HEAD + picture.rows * (BOX.height + BOX.gapY);
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <section style={{ overflowX: "auto" }} tabIndex={0} aria-label={words.label}>
        <svg width={width} height={height} aria-hidden="true" style={{ display: "block" }}>
          {COLUMNS.map((title, column) => (
            <text
              key={title}
              x={xOf(column)}
              y={16}
              style={{ fill: tone.textQuiet, fontSize: 12, fontWeight: 700 }}
            >
              {title}
            </text>
          ))}
          {picture.lines.map((line) => (
            <path
              key={`${line.from.id} ${line.to.id}`}
              d={curve(line)}
              style={{ fill: "none", stroke: tone.calm, strokeWidth: 1.5 }}
            />
          ))}
          {picture.boxes.map((box) => (
            <BoxShape key={box.id} box={box} />
          ))}
        </svg>
      </section>
      <ul className="heard-only">
        {picture.lines.map(({ from, to }) => (
          <li key={`${from.id} ${to.id}`}>{words.reaches(from.title, to.title)}</li>
        ))}
      </ul>
    </>
  );
}

function BoxShape({ box }: { readonly box: Box }) {
  const [x, y] = [xOf(box.column), yOf(box.row)];
  return (
    <g>
      <title>{`${box.title}: ${box.note}`}</title>
      <rect
        x={x + 0.5}
        y={y + 0.5}
        width={BOX.width - 1}
        height={BOX.height - 1}
        rx={8}
        style={{ fill: tone.ground, stroke: tone.line }}
      />
      <rect x={x} y={y + 10} width={3} height={BOX.height - 20} style={{ fill: STRIPES[box.column] }} />
      <text x={x + 14} y={y + 20} style={{ fill: tone.text, fontSize: 13, fontWeight: 600 }}>
        {shortened(box.title)}
      </text>
      <text x={x + 14} y={y + 36} style={{ fill: tone.textQuiet, fontSize: 11 }}>
        {shortened(box.note)}
      </text>
    </g>
  );
}

const STRIPES = [tone.good, tone.calm, tone.warning] as const;

function xOf(column: number): number {
  return column * (BOX.width + BOX.gapX);
}

function yOf(row: number): number {
  return HEAD + row * (BOX.height + BOX.gapY);
}

function curve({ from, to }: Line): string {
  const [x1, y1] = [xOf(from.column) + BOX.width, yOf(from.row) + BOX.height / 2];
  const [x2, y2] = [xOf(to.column), yOf(to.row) + BOX.height / 2];
  const bend = BOX.gapX / 2;
  return `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
}

function shortened(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS - 1)}…` : text;
}
