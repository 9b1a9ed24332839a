/** Colours, only where a terminal shows them; and text from elsewhere made safe to print. */
import { styleText } from "node:util";

interface Screen {
  readonly hasColour: boolean;
}

type Colour = "green" | "yellow" | "red" | "cyan" | "dim" | "bold";

export function paint(io: Screen, colour: Colour, text: string): string {
  return io.hasColour ? styleText(colour, text, { validateStream: false }) : text;
}

const COLOURS: Readonly<Record<string, Colour>> = {
  RUNNING: "green",
  SUCCEEDED: "green",
  ready: "green",
  ok: "green",
  OPERATION_IN_PROGRESS: "yellow",
  IN_PROGRESS: "yellow",
  PENDING: "yellow",
  ROLLBACK_IN_PROGRESS: "yellow",
  ROLLBACK_SUCCEEDED: "yellow",
  CANCELLING: "yellow",
  CANCELLED: "dim",
  PAUSED: "dim",
  warning: "yellow",
  CREATE_FAILED: "red",
  DELETE_FAILED: "red",
  FAILED: "red",
  ROLLBACK_FAILED: "red",
  failed: "red",
  active: "green",
  present: "green",
  deploying: "yellow",
  building: "yellow",
  absent: "dim",
  superseded: "dim",
  AVAILABLE: "green",
  PENDING_HANDSHAKE: "yellow",
  ERROR: "red",
};

/** A status in its colour, or other words for it. */
export function paintStatus(io: Screen, status: string, words = status): string {
  const colour = COLOURS[status];
  return colour === undefined ? words : paint(io, colour, words);
}

/**
 * A line of an application's output for this screen: its colours where there are colours, ended with the line. What turns
 * the direction of text goes too, for it makes a line read as what it is not.
 */
export function printableLine(io: Screen, text: string): string {
  const safe = printable(text).replaceAll(/[\u2028-\u202E\u2066-\u2069\n]/g, "");
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  if (!io.hasColour) return safe.replaceAll(/\u001B\[[\d;:]*m/g, "");
  return safe.includes("\u001B") ? `${safe}\u001B[0m` : safe;
}

/** An application's output may hold anything: colours stay, what moves the cursor or rings the bell does not. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replaceAll(/\u001B(?!\[[\d;:]*m)|[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F-\u009F]/g, "");
}
