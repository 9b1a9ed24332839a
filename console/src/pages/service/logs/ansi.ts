/**
 * The colours of a line as data. What an application writes may not do more than colour its own words: every other sequence
 * and control character is taken out, and what would turn the order of letters is made visible.
 */

export interface TextStyle {
  /** 0 to 15 of the terminal's palette, or a colour of CSS. */
  readonly color?: number | string;
  readonly background?: number | string;
  readonly isBold?: true;
  readonly isDim?: true;
  readonly isItalic?: true;
  readonly isUnderlined?: true;
}

export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

const PLAIN: TextStyle = {};

/**
 * CSI sequences, then the strings of OSC, DCS, SOS, PM and APC up to their end, then two-letter sequences and what is left of
 * broken ones. Each alternative passes over a text once, so that no line takes long.
 */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]|\u001b/gu;
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/gu;
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const SHOWN_INSTEAD = "\ufffd";

/** The line without anything but its text. */
export function plainText(line: string): string {
  return cleaned(line.replaceAll(SEQUENCE, ""));
}

/** Parts of the line, none of them empty. */
export function parseAnsi(line: string): readonly StyledText[] {
  const parts: StyledText[] = [];
  let style = PLAIN;
  let at = 0;
  const add = (raw: string) => {
    const text = cleaned(raw);
    if (text !== "") parts.push({ text, style });
  };
  for (const found of line.matchAll(SEQUENCE)) {
    add(line.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[2] === "m") style = restyled(style, found[1] ?? "");
  }
  add(line.slice(at));
  return parts;
}

function cleaned(text: string): string {
  return text.replaceAll(CONTROLS, "").replaceAll(TURNING, SHOWN_INSTEAD);
}

/** "Select graphic rendition": numbers one after the other, some of which take those behind them. */
function restyled(before: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(/[;:]/u).map((code) => (code === "" ? 0 : Number(code)));
  let style = before;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code !== 38 && code !== 48) {
      style = withCode(style, code);
      continue;
    }
    const { color, used } = extendedColor(codes.slice(at + 1));
    at += used;
    if (color !== null) style = { ...style, [code === 38 ? "color" : "background"]: color };
  }
  return style;
}

function withCode(style: TextStyle, code: number): TextStyle {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 3) return { ...style, isItalic: true };
  if (code === 4) return { ...style, isUnderlined: true };
  if (code === 22) return without(style, "isBold", "isDim");
  if (code === 23) return without(style, "isItalic");
  if (code === 24) return without(style, "isUnderlined");
  if (code === 39) return without(style, "color");
  if (code === 49) return without(style, "background");
  if (code >= 30 && code <= 37) return { ...style, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, color: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return style;
}

function without(style: TextStyle, ...names: readonly (keyof TextStyle)[]): TextStyle {
  return Object.fromEntries(Object.entries(style).filter(([name]) => !names.some((one) => one === name)));
}

/** `5;n` of 256 colours, `2;r;g;b`. `used`: how many numbers belonged to it. */
function extendedColor(codes: readonly number[]): {
  readonly color: number | string | null;
  readonly used: number;
} {
  if (codes[0] === 5) return { color: indexedColor(codes[1]), used: 2 };
  if (codes[0] === 2) return { color: rgb(codes.slice(1, 4)), used: 4 };
  return { color: null, used: 0 };
}

const LEVELS = [0, 95, 135, 175, 215, 255];

function indexedColor(index: number | undefined): number | string | null {
  if (index === undefined || !isByte(index)) return null;
  if (index < 16) return index;
  if (index >= 232) return rgb(Array<number>(3).fill(8 + (index - 232) * 10));
  const cube = index - 16;
  const level = (number: number) => LEVELS[number % 6] ?? 0;
  return rgb([level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube)]);
}

function rgb(parts: readonly number[]): string | null {
  return parts.length === 3 && parts.every(isByte) ? `rgb(${parts.join(" ")})` : null;
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}
