/** What differs between two releases, setting by setting. Pure: everything is laid out flat and compared as text. */
import type { Output } from "../../../api/wire.ts";

export type DescribedRelease = Output<"Slipway.DescribeRelease">;

export interface Difference {
  /** `Instance › Cpu`, as the API names it. */
  readonly setting: string;
  /** Null: not set. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Told as what is run, once, however it was given. */
const TOLD_AS_RUN =
  /^SourceConfiguration › (?:ImageRepository › ImageConfiguration|CodeRepository › CodeConfiguration › CodeConfigurationValues) › (?:Port|StartCommand|RuntimeEnvironment\w+)/;

export function differencesOf(before: DescribedRelease, after: DescribedRelease): readonly Difference[] {
  const [old, next] = [flat(before), flat(after)];
  const settings = [...new Set([...old.keys(), ...next.keys()])];
  return settings
    .map((setting) => ({
      setting,
      before: old.get(setting) ?? null,
      after: next.get(setting) ?? null,
    }))
    .filter((one) => one.before !== one.after);
}

function flat({ Release: release, Configuration: configuration, Run: run }: DescribedRelease) {
  const { Command: command, ...others } = run;
  const settings = new Map<string, string>();
  lay(settings, [], {
    Image: release.ImageDigest ?? release.ImageIdentifier,
    Commit: release.Commit?.Id,
    ...configuration,
    Run: { ...others, Command: command?.join(" ") },
  });
  for (const setting of settings.keys()) if (TOLD_AS_RUN.test(setting)) settings.delete(setting);
  return settings;
}

function lay(settings: Map<string, string>, path: readonly string[], value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    settings.set(path.join(" › "), String(value));
    return;
  }
  for (const [name, one] of Object.entries(value)) lay(settings, [...path, name], one);
}
