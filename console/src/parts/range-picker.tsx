/** From when until when: up to now, or between two moments. What was chosen is kept as words of the address. */
import DateRangePicker, { type DateRangePickerProps } from "@cloudscape-design/components/date-range-picker";
import { ranges as texts } from "../texts.ts";
import { lastMs } from "./last.ts";

export interface RangeWords {
  readonly last: string | null;
  readonly from: number | null;
  readonly until: number | null;
}

export interface RangePickerProps {
  readonly choice: {
    /** Relative, as `3h`. */
    readonly last: string | null;
    readonly fromMs: number | null;
    readonly untilMs: number | null;
  };
  /** What is said while nothing is chosen. */
  readonly placeholder: string;
  /** The ranges up to now are chosen elsewhere. */
  readonly isOfMoments?: boolean;
  readonly onChange: (range: RangeWords) => void;
}

const LETTERS: Readonly<Record<string, string>> = {
  second: "s",
  minute: "m",
  hour: "h",
  day: "d",
  week: "w",
};
const OPTIONS: readonly DateRangePickerProps.RelativeOption[] = [
  option(5, "minute"),
  option(1, "hour"),
  option(3, "hour"),
  option(1, "day"),
  option(1, "week"),
];

function option(amount: number, unit: DateRangePickerProps.TimeUnit): DateRangePickerProps.RelativeOption {
  return { key: `${amount}${LETTERS[unit]}`, amount, unit, type: "relative" };
}

export function RangePicker({ choice, placeholder, isOfMoments = false, onChange }: RangePickerProps) {
  return (
    <DateRangePicker
      value={valueOf(choice)}
      onChange={({ detail }) => onChange(wordsOf(detail.value))}
      relativeOptions={OPTIONS}
      customRelativeRangeUnits={["minute", "hour", "day", "week"]}
      isValidRange={isValid}
      placeholder={placeholder}
      rangeSelectorMode={isOfMoments ? "absolute-only" : "default"}
      ariaLabel={texts.label}
      i18nStrings={{
        ...texts.strings,
        formatRelativeRange: ({ amount, unit }) => texts.lastOf(amount, texts.units[unit] ?? unit),
        formatUnit: (unit, amount) => `${texts.units[unit] ?? unit}${amount === 1 ? "" : "s"}`,
      }}
    />
  );
}

function valueOf({ last, fromMs, untilMs }: RangePickerProps["choice"]): DateRangePickerProps.Value | null {
  if (last !== null) {
    const unit = Object.keys(LETTERS).find((one) => LETTERS[one] === last.slice(-1)) ?? "hour";
    return {
      type: "relative",
      amount: Number(last.slice(0, -1)),
      unit: unit as DateRangePickerProps.TimeUnit,
      key: last,
    };
  }
  if (fromMs === null || untilMs === null) return null;
  return {
    type: "absolute",
    startDate: new Date(fromMs).toISOString(),
    endDate: new Date(untilMs).toISOString(),
  };
}

function wordsOf(value: DateRangePickerProps.Value | null): RangeWords {
  if (value?.type === "relative") {
    return { last: `${value.amount}${LETTERS[value.unit] ?? "h"}`, from: null, until: null };
  }
  if (value === null) return { last: null, from: null, until: null };
  return { last: null, from: Date.parse(value.startDate), until: Date.parse(value.endDate) };
}

function isValid(value: DateRangePickerProps.Value | null): DateRangePickerProps.ValidationResult {
  if (value === null) return { valid: true };
  const { last, from, until } = wordsOf(value);
  const isFine = last === null ? from !== null && until !== null && from < until : (lastMs(last) ?? 0) > 0;
  return isFine ? { valid: true } : { valid: false, errorMessage: texts.problem };
}
