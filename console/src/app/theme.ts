/** Light, dark, or as the system says; kept in this browser. */
import { applyMode, Mode } from "@cloudscape-design/global-styles";

export type Theme = "system" | "light" | "dark";

const KEY = "slipway-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", applyTheme);

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = chosenTheme();
  const isDark = theme === "system" ? dark.matches : theme === "dark";
  // For what is no component of Cloudscape's, and the browser's own controls.
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
  applyMode(isDark ? Mode.Dark : Mode.Light);
}
