/**
 * The environment of every git process, made from nothing: neither the machine's nor a user's configuration, hooks,
 * credentials or programs reach it. Configuration comes over the environment too, where it outranks a repository's own.
 */

/** Where git and what it is run with are looked for. */
export const GIT_PROGRAM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

type Settings = Readonly<Record<string, string>>;

/** For what is run on repositories of others, and on ours. */
const SETTINGS: Settings = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.autocrlf": "false",
  "core.symlinks": "true",
  "core.protectHFS": "true",
  "core.protectNTFS": "true",
  // Mapping packs whole would not fit in the address space a git process gets.
  "core.packedGitWindowSize": "64m",
  "core.packedGitLimit": "512m",
  "credential.helper": "",
  "fetch.recurseSubmodules": "false",
  "gc.auto": "0",
  "log.showSignature": "false",
  "maintenance.auto": "false",
  "pack.threads": "1",
  "submodule.recurse": "false",
  "transfer.bundleURI": "false",
  "transfer.fsckObjects": "true",
  // Harmless mistakes of old tools, common in old histories. Names such as .git are found by our own check, which can
  // name the path.
  ...fsckExceptions("ignore", "badTimezone", "missingSpaceBeforeDate", "zeroPaddedFilemode", "hasDotgit"),
};

export interface GitEnvironmentOptions {
  /** A directory of ours, empty. */
  readonly home: string;
  readonly settings?: Settings;
  readonly variables?: Settings;
}

export function gitEnvironment({ home, settings, variables }: GitEnvironmentOptions): NodeJS.ProcessEnv {
  return {
    PATH: GIT_PROGRAM_PATH,
    HOME: home,
    XDG_CONFIG_HOME: home,
    // Messages are matched by their text.
    LC_ALL: "C",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_ASKPASS: "/bin/false",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_SSH: "/bin/false",
    GIT_TERMINAL_PROMPT: "0",
    ...variables,
    ...settingVariables({ ...SETTINGS, ...settings }),
  };
}

function settingVariables(settings: Settings): NodeJS.ProcessEnv {
  const entries = Object.entries(settings);
  const variables = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(variables) };
}

function fsckExceptions(level: string, ...names: readonly string[]): Settings {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`fetch.fsck.${name}`, level],
      [`receive.fsck.${name}`, level],
    ]),
  );
}
