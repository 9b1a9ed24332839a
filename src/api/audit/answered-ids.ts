/** What the answer of a changing call tells of ids: the ARNs that it made or touched, and the operation that began. */
import { camelCase } from "../../contract/index.ts";

export interface AnsweredIds {
  readonly arns: readonly string[];
  readonly response: Readonly<Record<string, unknown>> | null;
}

const ARN_MEMBER = /(?:Arn|ARN)$/;
const ID_MEMBER = /^(?:OperationId|VersionId|Version)$/;
const ARNS_MAX = 5;

/** Which key was made, of an answer that also tells its secret. */
const KEY_MEMBER = "AccessKeyId";

/** Looks at the answer's members and at those of its structures, no deeper. */
export function answeredIds(output: object | undefined): AnsweredIds {
  const arns: string[] = [];
  const ids: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(output ?? {})) {
    if (ID_MEMBER.test(name)) ids[camelCase(name)] = value;
    const below = typeof value === "object" && value !== null ? Object.entries(value) : [];
    for (const [member, given] of [[name, value] as const, ...below]) {
      if (member === KEY_MEMBER) ids[camelCase(member)] = given;
      if (ARN_MEMBER.test(member) && typeof given === "string" && given.startsWith("arn:")) arns.push(given);
    }
  }
  return { arns: arns.slice(0, ARNS_MAX), response: Object.keys(ids).length === 0 ? null : ids };
}
