/**
 * The first lines of a search in the order of their times, as many as fit a page. Where lines have one time, stream, segment
 * and offset decide, so that the order is whole and a page can go on after any line.
 */
import { SlipwayError } from "../../domain/error.ts";
import type { FoundLine } from "../../ports/service-log.ts";
import { MAX_PAGE_LENGTH } from "./stream-reader.ts";

export interface LineOrder {
  readonly timeMs: number;
  readonly stream: string;
  readonly segment: number;
  readonly offset: number;
}

export interface OrderedLine {
  readonly order: LineOrder;
  readonly line: FoundLine;
}

const CURSOR = /^(-?\d{1,16})~([a-z0-9/]{0,60})~(\d{1,9})~(\d{1,15})$/;

/** Before all lines of this time. */
export function beginOf(timeMs: number): LineOrder {
  return { timeMs, stream: "", segment: 0, offset: 0 };
}

export function compareOrders(left: LineOrder, right: LineOrder): number {
  return (
    left.timeMs - right.timeMs ||
    compareTexts(left.stream, right.stream) ||
    left.segment - right.segment ||
    left.offset - right.offset
  );
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function formatOrder({ timeMs, stream, segment, offset }: LineOrder): string {
  return [timeMs, stream, segment, offset].join("~");
}

/** Throws ForeignToken for a cursor that no search gave out. */
export function parseOrder(cursor: string): LineOrder {
  const [, timeMs, stream, segment, offset] = CURSOR.exec(cursor) ?? [];
  if (stream === undefined) throw new SlipwayError("ForeignToken");
  return { timeMs: Number(timeMs), stream, segment: Number(segment), offset: Number(offset) };
}

export class FoundLines {
  readonly #after: LineOrder;
  readonly #limit: number;
  #lines: OrderedLine[] = [];
  /** The first line that was found and did not fit: what comes after it does not matter any more. */
  #ceiling: LineOrder | null = null;

  constructor(after: LineOrder, limit: number) {
    this.#after = after;
    this.#limit = limit;
  }

  add(lines: readonly OrderedLine[]): void {
    const fresh = lines.filter(({ order }) => this.#accepts(order));
    if (fresh.length === 0) return;
    this.#lines = [...this.#lines, ...fresh].sort((left, right) => compareOrders(left.order, right.order));
    const fitting = this.#fittingCount();
    const first = this.#lines[fitting];
    if (first === undefined) return;
    this.#ceiling = first.order;
    this.#lines.length = fitting;
  }

  /** Nothing from this time on can change what is here. */
  isSettled(fromMs: number): boolean {
    const last = this.#lines.at(-1);
    if (this.#ceiling !== null) return fromMs > this.#ceiling.timeMs;
    return this.#lines.length >= this.#limit && last !== undefined && fromMs > last.order.timeMs;
  }

  /** More was found than fits. */
  get isCut(): boolean {
    return this.#ceiling !== null;
  }

  /** Those whose time is before this. */
  before(timeMs: number): readonly OrderedLine[] {
    return this.#lines.filter(({ order }) => order.timeMs < timeMs);
  }

  #accepts(order: LineOrder): boolean {
    if (compareOrders(order, this.#after) <= 0) return false;
    return this.#ceiling === null || compareOrders(order, this.#ceiling) < 0;
  }

  #fittingCount(): number {
    let length = 0;
    let count = 0;
    for (const { line } of this.#lines) {
      length += line.text.length;
      if (count >= this.#limit || (count > 0 && length > MAX_PAGE_LENGTH)) return count;
      count++;
    }
    return count;
  }
}
