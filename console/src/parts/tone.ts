/** Colours of pictures, light and dark: `console.css` has the values. */
export const tone = {
  calm: "var(--tone-calm)",
  good: "var(--tone-good)",
  warning: "var(--tone-warning)",
  bad: "var(--tone-bad)",
  quiet: "var(--tone-quiet)",
  line: "var(--tone-line)",
  ground: "var(--tone-ground)",
  text: "var(--tone-text)",
  textQuiet: "var(--tone-text-quiet)",
} as const;

export type Tone = keyof typeof tone;
