/**
 * Extensions: what App Runner never had, switched on by tags that start with `slipway:` so that every AWS client can set
 * them. Over 400 lines because it is one table, with what reads it. One row each; an unknown or malformed tag is refused with the list of valid ones.
 */
import { SlipwayError } from "./error.ts";
import type { InstanceActivity, InstanceProtocol, InstanceSandbox } from "./instance.ts";
import {
  deniedPathsMistake,
  parseAllowedCidrs,
  parseBasicAuth,
  parseByteSize,
  parseDeniedPaths,
  parseRateLimit,
  type Protection,
} from "./protection.ts";
import type { SecretReferences } from "./secret.ts";
import { referenceProblem } from "./secret-reference.ts";
import type { Tag } from "./tag.ts";

const PREFIX = "slipway:";
const MAX_PATH_LENGTH = 200;
const MAX_CONNECTED = 32;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Extension<Value> {
  readonly meaning: string;
  readonly since: string;
  readonly defaultValue: Value;
  /** The value, or a sentence that says what is wrong and what would be right. */
  readonly parse: (text: string) => Parsed<Value>;
}

type Parsed<Value> = { readonly value: Value } | { readonly problem: string };

export const extensions = {
  "stop-grace": {
    meaning: "Time between SIGTERM and SIGKILL when an instance is stopped",
    since: "0.1",
    defaultValue: 30_000,
    parse: duration({ minMs: 0, maxMs: 10 * MINUTE_MS }),
  },
  "start-timeout": {
    meaning: "Time a new instance has until its health check succeeds for the first time",
    since: "0.1",
    /** Null: 2 minutes to listen, 30 seconds to stop answering the check wrongly. */
    defaultValue: null,
    parse: duration({ minMs: 1_000, maxMs: 30 * MINUTE_MS }),
  },
  dockerfile: {
    meaning: "Build with this Dockerfile, relative to the source directory, instead of a managed runtime",
    since: "0.2",
    defaultValue: null,
    parse: relativePath,
  },
  "dockerfile-target": {
    meaning: "Stage of the Dockerfile to build, its last one unless given",
    since: "0.2",
    defaultValue: null,
    parse: stageName,
  },
  "build-args": {
    meaning: "Arguments for the Dockerfile, as NAME=value, several separated by blanks",
    since: "0.2",
    defaultValue: {},
    parse: assignments,
  },
  "build-secrets": {
    meaning:
      "Secrets for the commands of the build, as id=reference, several separated by blanks: files under /run/secrets",
    since: "0.4",
    defaultValue: {},
    parse: secretReferences,
  },
  "scale-to-zero": {
    meaning:
      "Without a request for this long the service goes to zero instances; the next request waits for one",
    since: "0.3",
    /** Null: never below the configured minimum. */
    defaultValue: null,
    parse: orOff(duration({ minMs: 1_000, maxMs: 7 * DAY_MS })),
  },
  "warm-zero": {
    meaning:
      "How long the instances of a service at zero stay frozen, to be back in milliseconds, before they are stopped",
    since: "0.3",
    defaultValue: 10 * MINUTE_MS,
    parse: duration({ minMs: 0, maxMs: 7 * DAY_MS }),
  },
  idle: {
    meaning:
      "What instances get while nobody calls: run (all), throttle (a small share of the processor), freeze (none)",
    since: "0.3",
    defaultValue: "throttle",
    parse: oneOf(["run", "throttle", "freeze"]),
  },
  http: {
    meaning: "What plain HTTP gets: auto, redirect (to HTTPS), serve",
    since: "0.4",
    /** Redirect where browsers trust the certificate. */
    defaultValue: "auto",
    parse: oneOf(["auto", "redirect", "serve"]),
  },
  hsts: {
    meaning: "How long browsers shall use nothing but HTTPS (Strict-Transport-Security)",
    since: "0.4",
    /** Null: it is not said. */
    defaultValue: null,
    parse: orOff(duration({ minMs: 0, maxMs: 730 * DAY_MS })),
  },
  protocol: {
    meaning: "What instances speak: http1, or h2c (HTTP/2 without TLS, for gRPC)",
    since: "0.4",
    defaultValue: "http1",
    parse: oneOf(["http1", "h2c"]),
  },
  sandbox: {
    meaning:
      "What keeps an instance from the machine: container (the kernel's own means), or gvisor (a kernel of its own)",
    since: "0.7",
    defaultValue: "container",
    parse: oneOf(["container", "gvisor"]),
  },
  "verify-signature": {
    meaning:
      "Name of the key that must have signed the image (cosign), of those in the setting signatureKeys",
    since: "0.7",
    /** Null: what the installation asks for. */
    defaultValue: null,
    parse: keyName,
  },
  "access-log": {
    meaning:
      "Whether each request is written, as JSON, to the service's log group that ends with /access: on, off",
    since: "0.6",
    defaultValue: "off",
    parse: oneOf(["on", "off"]),
  },
  "allow-cidrs": {
    meaning: "Who may reach the service, as IPv4 and IPv6 ranges separated by blanks; others get 403",
    since: "0.7",
    /** Null: everybody. */
    defaultValue: null,
    parse: parseAllowedCidrs,
  },
  "basic-auth": {
    meaning:
      "Who may reach the service with a password: user=reference to a secret or parameter that holds it, or a reference to lines of user:password",
    since: "0.7",
    defaultValue: null,
    parse: parseBasicAuth,
  },
  "rate-limit": {
    meaning:
      "Requests a client's address may make, such as 10/s or 600/m burst=50; those beyond get 429 (the burst is as large as the number unless given)",
    since: "0.7",
    defaultValue: null,
    parse: orOff(parseRateLimit),
  },
  "deny-paths": {
    meaning:
      "Paths that are answered 404, with all below them, such as /admin /api/*/internal *.php; 403 before them for that answer",
    since: "0.7",
    defaultValue: null,
    parse: parseDeniedPaths,
  },
  "max-body": {
    meaning: "The largest body of a request, such as 10MB; larger ones get 413",
    since: "0.7",
    defaultValue: null,
    parse: orOff(parseByteSize),
  },
  "request-timeout": {
    meaning: "How long an instance may be silent while a client waits for it; then 504",
    since: "0.7",
    /** Null: 120 s, as App Runner. */
    defaultValue: null,
    parse: orOff(duration({ minMs: 1_000, maxMs: 2 * MINUTE_MS })),
  },
  "default-host": {
    meaning: "Whether the service answers under its own host too, beside its custom domains: on, off (404)",
    since: "0.7",
    defaultValue: "on",
    parse: oneOf(["on", "off"]),
  },
  "restart-on-rotate": {
    meaning: "Deploy anew when a secret or parameter that the service gets is changed: on, off",
    since: "0.7",
    defaultValue: "off",
    parse: oneOf(["on", "off"]),
  },
  connect: {
    meaning:
      "Services that its instances may call by their internal names, several separated by blanks or commas",
    since: "0.7",
    defaultValue: [],
    parse: serviceNames,
  },
  "scale-cpu": {
    meaning: "Also scale to keep the processor use of an instance at this share of its limit",
    since: "0.3",
    defaultValue: null,
    parse: share,
  },
  "scale-memory": {
    meaning: "Also scale to keep the memory use of an instance at this share of its limit",
    since: "0.3",
    defaultValue: null,
    parse: share,
  },
} as const satisfies Record<string, Extension<ExtensionValue>>;

type ExtensionName = keyof typeof extensions;
type ExtensionValue = number | string | object | null;

export interface Extensions {
  readonly stopGraceMs: number;
  readonly startTimeoutMs: number | null;
  /** Null: no Dockerfile is asked for. */
  readonly dockerfile: DockerfileExtension | null;
  /** Id → reference. */
  readonly buildSecrets: SecretReferences;
  readonly scaleToZeroMs: number | null;
  readonly warmZeroMs: number;
  readonly idle: InstanceActivity;
  readonly onHttp: "auto" | "redirect" | "serve";
  /** Whole seconds, as the header has them. */
  readonly hstsMaxAgeS: number | null;
  readonly protocol: InstanceProtocol;
  readonly sandbox: InstanceSandbox;
  /** Null: what the installation asks for. */
  readonly signatureKey: string | null;
  readonly hasAccessLog: boolean;
  /** Names of services. */
  readonly connectedServices: readonly string[];
  readonly restartsOnRotate: boolean;
  readonly protection: Protection;
  /** Shares, 0 to 1. */
  readonly cpuTarget: number | null;
  readonly memoryTarget: number | null;
}

export interface DockerfileExtension {
  readonly path: string;
  readonly target: string | null;
  readonly buildArguments: Readonly<Record<string, string>>;
}

/** Reads the extensions out of a resource's tags. Throws UnknownExtension or MalformedExtension. */
export function parseExtensions(tags: readonly Tag[]): Extensions {
  const given = new Map<ExtensionName, ExtensionValue>();
  for (const { key, value } of tags) {
    if (!key.startsWith(PREFIX)) continue;
    const name = key.slice(PREFIX.length);
    if (!isExtension(name)) {
      const valid = Object.keys(extensions).map((known) => PREFIX + known);
      throw new SlipwayError("UnknownExtension", { key, valid: valid.join(", ") });
    }
    const parsed = extensions[name].parse(value);
    if ("problem" in parsed) throw new SlipwayError("MalformedExtension", { key, problem: parsed.problem });
    given.set(name, parsed.value);
  }
  const value = <Name extends ExtensionName>(name: Name) =>
    (given.get(name) ?? extensions[name].defaultValue) as ValueOf<Name>;
  return {
    stopGraceMs: value("stop-grace"),
    startTimeoutMs: value("start-timeout"),
    dockerfile: dockerfileOf(value("dockerfile"), value("dockerfile-target"), value("build-args")),
    buildSecrets: value("build-secrets"),
    scaleToZeroMs: value("scale-to-zero"),
    warmZeroMs: value("warm-zero"),
    idle: value("idle"),
    onHttp: value("http"),
    hstsMaxAgeS: seconds(value("hsts")),
    protocol: value("protocol"),
    sandbox: value("sandbox"),
    signatureKey: value("verify-signature"),
    hasAccessLog: value("access-log") === "on",
    connectedServices: value("connect"),
    restartsOnRotate: value("restart-on-rotate") === "on",
    protection: {
      allowed: value("allow-cidrs"),
      basicAuth: value("basic-auth"),
      rateLimit: value("rate-limit"),
      deniedPaths: value("deny-paths"),
      maxBodyBytes: value("max-body"),
      isDefaultHostOff: value("default-host") === "off",
      requestTimeoutMs: value("request-timeout"),
    },
    cpuTarget: value("scale-cpu"),
    memoryTarget: value("scale-memory"),
  };
}

/** For tags that are given anew. Throws MalformedExtension for what can be read, but is surely meant otherwise. */
export function refuseMistakes(tags: readonly Tag[]): void {
  for (const { key, value } of tags) {
    const problem = key === `${PREFIX}deny-paths` ? deniedPathsMistake(value) : null;
    if (problem !== null) throw new SlipwayError("MalformedExtension", { key, problem });
  }
}

type ValueOf<Name extends ExtensionName> =
  | Extract<ReturnType<(typeof extensions)[Name]["parse"]>, { readonly value: unknown }>["value"]
  | (typeof extensions)[Name]["defaultValue"];

/** Target and arguments belong to a Dockerfile: with none named it is the usual one. */
function dockerfileOf(
  path: string | null,
  target: string | null,
  buildArguments: Readonly<Record<string, string>>,
): DockerfileExtension | null {
  const isAsked = path !== null || target !== null || Object.keys(buildArguments).length > 0;
  return isAsked ? { path: path ?? "Dockerfile", target, buildArguments } : null;
}

function isExtension(name: string): name is ExtensionName {
  return Object.hasOwn(extensions, name);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: DAY_MS,
};

function duration(bounds: {
  readonly minMs: number;
  readonly maxMs: number;
}): (text: string) => Parsed<number> {
  return (text) => {
    const [, digits, unit = ""] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
    const valueMs = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
    if (Number.isNaN(valueMs)) return { problem: `"${text}" is not a duration. Write for example 30s or 5m` };
    if (valueMs < bounds.minMs || valueMs > bounds.maxMs) {
      return { problem: `must be between ${durationText(bounds.minMs)} and ${durationText(bounds.maxMs)}` };
    }
    return { value: valueMs };
  };
}

/** In the largest unit that leaves no rest. */
function durationText(valueMs: number): string {
  const units = Object.entries(UNIT_MS).toReversed();
  const [unit, unitMs] = units.find(([, ms]) => valueMs > 0 && valueMs % ms === 0) ?? ["s", 1000];
  return `${valueMs / unitMs}${unit}`;
}

/** `off`: as if the tag were not there, for those who can set tags more easily than remove them. */
function orOff<Value>(parse: (text: string) => Parsed<Value>): (text: string) => Parsed<Value | null> {
  return (text) => {
    if (text === "off") return { value: null };
    const parsed = parse(text);
    return "problem" in parsed ? { problem: `${parsed.problem}, or off` } : parsed;
  };
}

function oneOf<const Word extends string>(words: readonly Word[]): (text: string) => Parsed<Word> {
  return (text) => {
    const value = words.find((word) => word === text);
    return value === undefined ? { problem: `"${text}" is not one of ${words.join(", ")}` } : { value };
  };
}

function seconds(valueMs: number | null): number | null {
  return valueMs === null ? null : Math.floor(valueMs / 1000);
}

/** Kept as a share of 1. */
function share(text: string): Parsed<number> {
  const percent = Number(/^(\d{1,3})%?$/.exec(text)?.[1]);
  if (percent >= 1 && percent <= 100) return { value: percent / 100 };
  return { problem: `"${text}" is not a share between 1% and 100%. Write for example 70%` };
}

function relativePath(text: string): Parsed<string> {
  const parts = text.split("/");
  const isInside = parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (isInside && text.length <= MAX_PATH_LENGTH) return { value: text };
  return {
    problem: `"${text}" is not a path inside of the source directory. Write for example docker/Dockerfile`,
  };
}

function stageName(text: string): Parsed<string> {
  if (/^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(text)) return { value: text };
  return { problem: `"${text}" is not the name of a stage` };
}

function keyName(text: string): Parsed<string> {
  if (/^[A-Za-z0-9][\w.-]{0,62}$/.test(text)) return { value: text };
  return { problem: `"${text}" is not the name of a key. Write one of the setting signatureKeys` };
}

/** Whether there is such a service is nobody's error: it may be made later. */
function serviceNames(text: string): Parsed<readonly string[]> {
  const names = wordsOf(text.replaceAll(",", " "));
  const wrong = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$/.test(name));
  if (wrong !== undefined) return { problem: `"${wrong}" is not the name of a service` };
  if (names.length > MAX_CONNECTED) return { problem: `names more than ${MAX_CONNECTED} services` };
  return { value: [...new Set(names)] };
}

function assignments(text: string): Parsed<Readonly<Record<string, string>>> {
  return pairsOf(text, /^([A-Za-z_]\w*)=(.*)$/, "NAME=value");
}

/** The id is the name of a file. Whether there is something behind a reference, the build finds out. */
function secretReferences(text: string): Parsed<SecretReferences> {
  const parsed = pairsOf(text, /^([A-Za-z0-9_][\w.-]{0,63})=(.+)$/, "id=reference");
  if ("problem" in parsed) return parsed;
  if (Object.keys(parsed.value).length < wordsOf(text).length) return { problem: "an id is given twice" };
  for (const [id, reference] of Object.entries(parsed.value)) {
    const problem = referenceProblem(reference);
    if (problem !== null) return { problem: `what stands behind ${id}= ${problem}` };
  }
  return parsed;
}

function pairsOf(text: string, pattern: RegExp, form: string): Parsed<Readonly<Record<string, string>>> {
  const pairs = wordsOf(text);
  const parsed = pairs.map((pair) => pattern.exec(pair));
  const wrong = pairs.find((_pair, index) => parsed[index] === null);
  if (wrong !== undefined) return { problem: `"${wrong}" is not ${form}` };
  return { value: Object.fromEntries(parsed.map((match) => [match?.[1] ?? "", match?.[2] ?? ""])) };
}

function wordsOf(text: string): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}
