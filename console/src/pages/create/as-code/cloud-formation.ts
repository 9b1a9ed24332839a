/** A CloudFormation template, as YAML. Texts stand in double quotes, as JSON writes them, which YAML reads the same. Pure. */
import type { CodeWish, Plain } from "./wish.ts";

/** Maps of the API that are lists of Name and Value there. */
const MAPS = new Set(["RuntimeEnvironmentVariables", "RuntimeEnvironmentSecrets"]);

export function toCloudFormation({ service, scaling }: CodeWish): string {
  return [
    'AWSTemplateFormatVersion: "2010-09-09"',
    "Resources:",
    ...(scaling === null
      ? []
      : resource("Scaling", "AWS::AppRunner::AutoScalingConfiguration", members(scaling))),
    ...resource("Service", "AWS::AppRunner::Service", [
      ...members(service),
      ...(scaling === null
        ? []
        : ["AutoScalingConfigurationArn: !GetAtt Scaling.AutoScalingConfigurationArn"]),
    ]),
    "",
  ].join("\n");
}

type Members = { readonly [key: string]: Plain | undefined };
type Lines = readonly string[];

function resource(name: string, type: string, properties: Lines): Lines {
  return [`  ${name}:`, `    Type: ${type}`, "    Properties:", ...properties.map((line) => `      ${line}`)];
}

function members(structure: Members): Lines {
  return Object.entries(structure).flatMap(([member, value]) =>
    value === undefined
      ? []
      : property(member, MAPS.has(member) ? pairs(value as Readonly<Record<string, string>>) : value),
  );
}

function property(name: string, value: Plain): Lines {
  if (typeof value !== "object") return [`${name}: ${scalar(value)}`];
  const lines = isList(value) ? value.flatMap(item) : members(value);
  return [`${name}:`, ...lines.map((line) => `  ${line}`)];
}

function item(value: Plain): Lines {
  if (typeof value !== "object" || isList(value)) return [`- ${JSON.stringify(value)}`];
  return members(value).map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
}

function pairs(map: Readonly<Record<string, string>>): Plain {
  return Object.entries(map).map(([Name, Value]) => ({ Name, Value }));
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

/** What YAML takes for line breaks, or for no text at all, and JSON does not escape. */
const ODD = /[\u007F-\u009F\u2028\u2029\uFEFF]/g;

function scalar(value: string | number | boolean): string {
  return JSON.stringify(value).replaceAll(
    ODD,
    (sign) => String.raw`\u` + sign.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
