/** Commands of the AWS CLI for a POSIX shell. Everything that is not surely harmless stands in single quotes. Pure. */
import type { CodeWish, Plain } from "./wish.ts";

const SCALING_ARN = "AutoScalingConfiguration.AutoScalingConfigurationArn";

export function toAwsCli({ service, scaling, endpoint, region }: CodeWish): string {
  const common = [
    ["--endpoint-url", shellWord(endpoint)],
    ["--region", shellWord(region)],
  ] as const;
  const create = command("aws apprunner create-service", [
    ...common,
    ...optionsOf(service),
    ...(scaling === null ? [] : ([["--auto-scaling-configuration-arn", '"$scaling"']] as const)),
  ]);
  if (scaling === null) return `${create}\n`;
  const first = command("scaling=$(aws apprunner create-auto-scaling-configuration", [
    ...common,
    ...optionsOf(scaling),
    ["--query", SCALING_ARN],
    ["--output", "text"],
  ]);
  return `${first})\n\n${create}\n`;
}

type Option = readonly [name: string, value: string];

function command(name: string, options: readonly Option[]): string {
  return [name, ...options.map((option) => `  ${option.join(" ")}`)].join(" \\\n");
}

function optionsOf(members: { readonly [key: string]: Plain | undefined }): readonly Option[] {
  return Object.entries(members).flatMap(([member, value]) =>
    value === undefined ? [] : [[`--${kebab(member)}`, shellWord(plainText(value))] as const],
  );
}

function plainText(value: Plain): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function kebab(member: string): string {
  return member.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

function shellWord(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
