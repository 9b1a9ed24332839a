/** What conditions of policies may ask about a call: AWS's global keys, those of App Runner, and ours. All in lower case. */
import type { ContractOperation } from "../../contract/index.ts";
import { headerValues, type RequestHead } from "../sigv4/signed-request.ts";
import { textAt, textsAt, valueAt } from "./resource-rule.ts";

export interface DescribedCall {
  readonly operation: Pick<ContractOperation, "action">;
  /** Not validated. */
  readonly value: unknown;
  readonly head: Pick<RequestHead, "rawHeaders" | "sourceAddress">;
  readonly nowMs: number;
  readonly region: string;
}

type Facts = Map<string, readonly string[]>;

/** Member → what it holds; a path where the value stands deeper. */
const MEMBER_KEYS: Readonly<Record<string, string>> = {
  "apprunner:servicearn": "ServiceArn",
  "apprunner:connectionarn": "SourceConfiguration.AuthenticationConfiguration.ConnectionArn",
  "apprunner:autoscalingconfigurationarn": "AutoScalingConfigurationArn",
  "apprunner:observabilityconfigurationarn": "ObservabilityConfiguration.ObservabilityConfigurationArn",
  "apprunner:vpcconnectorarn": "NetworkConfiguration.EgressConfiguration.VpcConnectorArn",
  "apprunner:vpcid": "IngressVpcConfiguration.VpcId",
  "apprunner:vpcendpointid": "IngressVpcConfiguration.VpcEndpointId",
  "slipway:imageidentifier": "SourceConfiguration.ImageRepository.ImageIdentifier",
  "slipway:repositoryurl": "SourceConfiguration.CodeRepository.RepositoryUrl",
  "slipway:branch": "SourceConfiguration.CodeRepository.SourceCodeVersion.Value",
  "secretsmanager:name": "Name",
  "secretsmanager:secretid": "SecretId",
  "secretsmanager:versionid": "VersionId",
  "secretsmanager:versionstage": "VersionStage",
  "iam:policyarn": "PolicyArn",
};
/** What members of calls tell besides those. */
const MEMBER_KEY_PREFIXES = ["aws:requesttag/", "aws:tagkeys", "iam:passedtoservice"] as const;
/** More than any operation takes. */
const TAGS_MAX = 200;

export function contextOf(call: DescribedCall): ReadonlyMap<string, readonly string[]> {
  const { nowMs, head, region, operation, value } = call;
  const facts: Facts = new Map([
    ["aws:currenttime", [`${new Date(nowMs).toISOString().slice(0, 19)}Z`]],
    ["aws:epochtime", [String(Math.floor(nowMs / 1000))]],
    ["aws:requestedregion", [region]],
    // The API speaks HTTP; what a proxy before it says of itself is not proven.
    ["aws:securetransport", ["false"]],
    ["aws:viaawsservice", ["false"]],
  ]);
  if (head.sourceAddress !== undefined) facts.set("aws:sourceip", [plainAddress(head.sourceAddress)]);
  const headers = headerValues(head.rawHeaders);
  for (const [key, header] of [
    ["aws:useragent", "user-agent"],
    ["aws:referer", "referer"],
  ] as const) {
    const given = headers.get(header)?.[0];
    if (given !== undefined) facts.set(key, [given]);
  }
  addMembers(facts, operation.action, value);
  addTags(facts, value);
  return facts;
}

/** A lower-case key whose value a call tells by its members: before it is made nobody knows. */
export function isToldByMembers(key: string): boolean {
  return Object.hasOwn(MEMBER_KEYS, key) || MEMBER_KEY_PREFIXES.some((prefix) => key.startsWith(prefix));
}

/** An IPv4 address that came to an IPv6 socket. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Keys of the operation's own vendor; those of ours for App Runner's too. */
function addMembers(facts: Facts, action: string, value: unknown): void {
  const vendor = action.slice(0, action.indexOf(":"));
  const prefixes =
    vendor === "apprunner" || vendor === "slipway" ? ["apprunner:", "slipway:"] : [`${vendor}:`];
  for (const [key, path] of Object.entries(MEMBER_KEYS)) {
    if (!prefixes.some((prefix) => key.startsWith(prefix))) continue;
    const names = path.split(".");
    const place = names.slice(0, -1).reduce<unknown>((at, name) => valueAt(at, name), value);
    const text = textAt(place, names.at(-1) ?? "");
    if (text !== undefined) facts.set(key, [text]);
  }
}

function addTags(facts: Facts, value: unknown): void {
  const tags = givenTags(value);
  const keys = [...tags.map(([key]) => key), ...textsAt(value, "TagKeys")];
  if (keys.length > 0) facts.set("aws:tagkeys", [...new Set(keys)]);
  for (const [key, given] of tags) {
    const name = `aws:requesttag/${key.toLowerCase()}`;
    facts.set(name, [...(facts.get(name) ?? []), given]);
  }
}

function givenTags(value: unknown): readonly (readonly [string, string])[] {
  const tags = valueAt(value, "Tags");
  if (!Array.isArray(tags)) return [];
  return tags.slice(0, TAGS_MAX).flatMap((tag: unknown) => {
    // KMS spells them its own way.
    const key = textAt(tag, "Key") ?? textAt(tag, "TagKey");
    return key === undefined ? [] : [[key, textAt(tag, "Value") ?? textAt(tag, "TagValue") ?? ""] as const];
  });
}
