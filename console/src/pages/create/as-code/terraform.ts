/** Resources for Terraform's AWS provider, with the API's address: the same members, in its spelling. Pure. */
import type { CodeWish, Plain } from "./wish.ts";

/** Members that are maps of names people chose, not blocks. */
const MAPS = new Set(["RuntimeEnvironmentVariables", "RuntimeEnvironmentSecrets"]);
const SCALING = "aws_apprunner_auto_scaling_configuration_version";

export function toTerraform({ service, scaling, endpoint, region }: CodeWish): string {
  const { Tags: tags = [], AutoScalingConfigurationArn: scalingArn, ...rest } = service;
  const label = labelOf(service.ServiceName);
  const arn = scaling === null ? scalingArn && text(scalingArn) : `${SCALING}.${label}.arn`;
  return [
    ...block('provider "aws"', [
      `region = ${text(region)}`,
      ...block("endpoints", [`apprunner = ${text(endpoint)}`]),
    ]),
    "",
    ...(scaling === null ? [] : [...block(`resource "${SCALING}" "${label}"`, members(scaling)), ""]),
    ...block(`resource "aws_apprunner_service" "${label}"`, [
      ...members(rest),
      ...(arn ? [`auto_scaling_configuration_arn = ${arn}`] : []),
      ...(tags.length > 0
        ? map("tags", Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value])))
        : []),
    ]),
    "",
  ].join("\n");
}

type Members = { readonly [key: string]: Plain | undefined };
type Lines = readonly string[];

function members(structure: Members): Lines {
  const entries = Object.entries(structure).filter(
    (entry): entry is [string, Plain] => entry[1] !== undefined,
  );
  const simple = entries.filter(([, value]) => typeof value !== "object");
  const nested = entries.filter(([, value]) => typeof value === "object");
  return [
    ...aligned(simple.map(([member, value]) => [snake(member), literal(value)])),
    ...nested.flatMap(([member, value]) =>
      MAPS.has(member)
        ? map(snake(member), value as Readonly<Record<string, string>>)
        : block(snake(member), members(value as Members)),
    ),
  ];
}

function block(head: string, lines: Lines): Lines {
  return [`${head} {`, ...lines.map(indented), "}"];
}

function map(name: string, entries: Readonly<Record<string, string>>): Lines {
  const lines = aligned(Object.entries(entries).map(([key, value]) => [text(key), text(value)]));
  return [`${name} = {`, ...lines.map(indented), "}"];
}

/** As `terraform fmt` has it. */
function aligned(pairs: readonly (readonly [name: string, value: string])[]): Lines {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)} = ${value}`);
}

function indented(line: string): string {
  return line === "" ? line : `  ${line}`;
}

function literal(value: Plain): string {
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

/** Two of JSON's escapes are none of HCL's. */
const ESCAPES: Readonly<Record<string, string>> = {
  [String.raw`\b`]: String.raw`\u0008`,
  [String.raw`\f`]: String.raw`\u000c`,
};

/** `${` and `%{` would be looked at. */
function text(value: string): string {
  return JSON.stringify(value)
    .replaceAll(/\\./g, (escape) => ESCAPES[escape] ?? escape)
    .replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}

function snake(member: string): string {
  return member.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** Names in Terraform begin with a letter or `_`. */
function labelOf(name: string): string {
  return /^\d/.test(name) || name === "" ? `_${name}` : name;
}
