/**
 * Progress for a person at a terminal: finished lines scroll up, one live line below them shows that something goes on.
 * It only ever rewrites that one line, so that a narrow or resized window shows a cut line at worst.
 */
import type { Progress } from "./progress.ts";
import { paint } from "./style.ts";

export interface Screen {
  write(text: string): unknown;
  readonly columns: number;
  readonly hasColour: boolean;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
const CLEAR_LINE = "\r\u001B[K";

export function drawnProgress(title: string, screen: Screen): Progress {
  let frame = 0;
  let shown = title;
  const draw = (): void => {
    const spinner = FRAMES[frame++ % FRAMES.length] ?? "";
    screen.write(`${CLEAR_LINE}${paint(screen, "cyan", spinner)} ${shown.slice(0, screen.columns - 3)}`);
  };
  const timer = setInterval(draw, FRAME_MS);
  // A crash elsewhere must not be kept waiting by a drawing.
  timer.unref();
  draw();
  const end = (mark: string, text: string): void => {
    clearInterval(timer);
    screen.write(`${CLEAR_LINE}${mark} ${text}\n`);
  };
  return {
    line(text) {
      screen.write(`${CLEAR_LINE}${paint(screen, "dim", `  ${text}`)}\n`);
      draw();
    },
    phase(text) {
      shown = `${title}: ${text}`;
      draw();
    },
    succeed: (text) => end(paint(screen, "green", "✔"), text),
    fail: (text) => end(paint(screen, "red", "✖"), text),
  };
}
