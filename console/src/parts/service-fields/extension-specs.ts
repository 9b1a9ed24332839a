/** Slipway's extensions as fields: what kind of value each takes, and in which section of a form it stands. The words are in the texts. */

import { DAY_MS, durationMs, MINUTE_MS } from "./duration.ts";

export const EXTENSION_PREFIX = "slipway:";

export type ExtensionKind =
  | { readonly kind: "duration"; readonly minMs: number; readonly maxMs: number; readonly canBeOff?: true }
  /** The first word is what holds without the tag. */
  | { readonly kind: "words"; readonly words: readonly [string, ...string[]] }
  /** On or off; `isOnByDefault` tells what holds without the tag. */
  | { readonly kind: "switch"; readonly isOnByDefault: boolean }
  | { readonly kind: "share" }
  | { readonly kind: "text"; readonly pattern: RegExp }
  /** Names of services, and of a key of the installation: what there is can be chosen, other names are taken all the same. */
  | { readonly kind: "services" | "key"; readonly pattern: RegExp };

const CIDR = String.raw`[0-9a-fA-F.:]+(?:/\d{1,3})?`;
const PATH_PART = String.raw`[\w.~@:+=-]*(?:\*[\w.~@:+=-]*)?`;
const SERVICE = String.raw`[A-Za-z0-9][\w-]{3,39}`;

export const extensionSpecs = {
  dockerfile: text(/^(?!.*(?:^|\/)\.{0,2}(?:\/|$)).{1,200}$/),
  "dockerfile-target": text(/^[a-z0-9][a-z0-9_.-]{0,62}$/i),
  "build-args": text(/^ *[A-Za-z_]\w*=\S*(?: +[A-Za-z_]\w*=\S*)* *$/),
  "build-secrets": text(/^ *[A-Za-z0-9_][\w.-]{0,63}=\S+(?: +[A-Za-z0-9_][\w.-]{0,63}=\S+)* *$/),
  "scale-to-zero": duration(1_000, 7 * DAY_MS, true),
  "warm-zero": duration(0, 7 * DAY_MS),
  idle: words("throttle", "run", "freeze"),
  "scale-cpu": { kind: "share" },
  "scale-memory": { kind: "share" },
  "start-timeout": duration(1_000, 30 * MINUTE_MS),
  "stop-grace": duration(0, 10 * MINUTE_MS),
  protocol: words("http1", "h2c"),
  http: words("auto", "redirect", "serve"),
  hsts: duration(0, 730 * DAY_MS, true),
  "default-host": { kind: "switch", isOnByDefault: true },
  connect: { kind: "services", pattern: new RegExp(`^[ ,]*${SERVICE}(?:[ ,]+${SERVICE}){0,31}[ ,]*$`) },
  "allow-cidrs": text(new RegExp(`^[ ,]*${CIDR}(?:[ ,]+${CIDR})*[ ,]*$`)),
  "basic-auth": text(/^(?!(?:[\w.@+-]*=)?vault:)(?:[\w.@+-]{1,64}=)?[\w/+=.@!:-]+$/),
  "rate-limit": text(/^(?:off|[1-9]\d{0,5}\/[sm](?: burst=[1-9]\d{0,5})?)$/),
  "deny-paths": text(
    new RegExp(
      `^ *(?:40[34] +)?(?:/|(?:/${PATH_PART})+|(?!/)${PATH_PART})(?: +(?:/|(?:/${PATH_PART})+|(?!/)${PATH_PART}))* *$`,
    ),
  ),
  "max-body": text(/^(?:off|[1-9]\d{0,11}(?:B|[KMG]i?B)?)$/),
  "request-timeout": duration(1_000, 2 * MINUTE_MS, true),
  sandbox: words("container", "gvisor"),
  "verify-signature": { kind: "key", pattern: /^[A-Za-z0-9][\w.-]{0,62}$/ },
  "access-log": { kind: "switch", isOnByDefault: false },
  "restart-on-rotate": { kind: "switch", isOnByDefault: false },
} as const satisfies Record<string, ExtensionKind>;

export type ExtensionName = keyof typeof extensionSpecs;
export type ExtensionTexts = Readonly<Partial<Record<ExtensionName, string>>>;

/** What stands together in a form. Those of the build stand with the build, those of scaling with scaling. */
export const extensionGroups = {
  build: ["dockerfile", "dockerfile-target", "build-args"],
  buildSecrets: ["build-secrets"],
  scaling: ["scale-to-zero", "warm-zero", "idle", "scale-cpu", "scale-memory"],
  life: ["start-timeout", "stop-grace", "restart-on-rotate"],
  traffic: ["protocol", "http", "hsts", "default-host", "connect"],
  protection: ["allow-cidrs", "basic-auth", "rate-limit", "deny-paths", "max-body", "request-timeout"],
  trust: ["sandbox", "verify-signature"],
  records: ["access-log"],
} as const satisfies Record<string, readonly ExtensionName[]>;

export type ExtensionGroup = keyof typeof extensionGroups;

export function isExtensionName(name: string): name is ExtensionName {
  return Object.hasOwn(extensionSpecs, name);
}

/** Which rule a value breaks; null: none. */
export function extensionProblem(name: ExtensionName, value: string): ExtensionKind | null {
  const spec: ExtensionKind = extensionSpecs[name];
  return value === "" || fits(spec, value) ? null : spec;
}

function fits(spec: ExtensionKind, value: string): boolean {
  if (spec.kind === "words") return spec.words.includes(value);
  if (spec.kind === "switch") return value === "on" || value === "off";
  if ("pattern" in spec) return spec.pattern.test(value);
  if (spec.kind === "share") {
    const percent = Number(/^(\d{1,3})%?$/.exec(value)?.[1]);
    return percent >= 1 && percent <= 100;
  }
  if (spec.canBeOff && value === "off") return true;
  const valueMs = durationMs(value);
  return valueMs !== null && valueMs >= spec.minMs && valueMs <= spec.maxMs;
}

function duration(minMs: number, maxMs: number, canBeOff?: true): ExtensionKind {
  return { kind: "duration", minMs, maxMs, ...(canBeOff && { canBeOff }) };
}

function words(...all: [string, ...string[]]): ExtensionKind {
  return { kind: "words", words: all };
}

function text(pattern: RegExp): ExtensionKind {
  return { kind: "text", pattern };
}
