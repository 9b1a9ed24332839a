/** Statements that people often need, made from what they choose: who may do what to which services and secrets. */

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

export type TemplateId =
  | "readServices"
  | "deployServices"
  | "allServices"
  | "readLogs"
  | "readSecrets"
  | "readParameters"
  | "ownPassword";

/** What is chosen besides: services or secrets of the installation, or nothing. */
export const TEMPLATE_RESOURCES: Readonly<Record<TemplateId, "service" | "secret" | "parameter" | null>> = {
  readServices: "service",
  deployServices: "service",
  allServices: "service",
  readLogs: "service",
  readSecrets: "secret",
  readParameters: "parameter",
  ownPassword: null,
};

const LIST = allow("ListServices", ["apprunner:ListServices", "slipway:GetInfo", "slipway:GetStatus"], "*");
const READ = [
  "apprunner:DescribeService",
  "apprunner:DescribeCustomDomains",
  "apprunner:ListOperations",
  "apprunner:ListTagsForResource",
  "slipway:DescribeOperation",
  "slipway:DescribeSourceWatch",
  "slipway:ExplainService",
  "slipway:GetUsage",
  "slipway:ListDomains",
  "slipway:ListEvents",
  "slipway:ListInstances",
  "slipway:ListReleases",
];
const DEPLOY = [
  "apprunner:StartDeployment",
  "apprunner:PauseService",
  "apprunner:ResumeService",
  "slipway:CancelOperation",
  "slipway:RollbackService",
];
const LOGS = ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartLiveTail"];

type Template = (arns: readonly string[]) => readonly Statement[];

const TEMPLATES: Readonly<Record<TemplateId, Template>> = {
  readServices: (arns) => [LIST, allow("ReadServices", READ, anyId(arns))],
  deployServices: (arns) => [LIST, allow("DeployServices", [...READ, ...DEPLOY], anyId(arns))],
  allServices: (arns) => [
    LIST,
    allow("AllOfServices", ["apprunner:*", ...[...READ, ...DEPLOY].filter(isOurs)], anyId(arns)),
  ],
  readLogs: (arns) => [
    allow("FindLogs", ["logs:DescribeLogGroups"], "*"),
    allow("ReadLogs", LOGS, logGroups(arns)),
  ],
  readSecrets: (arns) => [
    allow("ReadSecrets", ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], some(arns)),
  ],
  readParameters: (arns) => [allow("ReadParameters", ["ssm:GetParameter", "ssm:GetParameters"], some(arns))],
  ownPassword: () => [allow("OwnPassword", ["iam:ChangePassword"], "arn:aws:iam::*:user/${aws:username}")],
};

/** `arns`: of what was chosen; none means all. */
export function statementsOf(template: TemplateId, arns: readonly string[]): readonly Statement[] {
  return TEMPLATES[template](arns);
}

/** Behind those that are there, with names that none of them has. Null: the text is no policy. */
export function withStatements(text: string, added: readonly Statement[]): string | null {
  const document = readPolicy(text);
  if (document === null) return null;
  const present = [document["Statement"] ?? []].flat() as { readonly Sid?: string }[];
  const taken = new Set(present.map(({ Sid }) => Sid));
  const named = added.map((statement) => ({ ...statement, Sid: freeSid(statement.Sid, taken) }));
  return JSON.stringify({ Version: "2012-10-17", ...document, Statement: [...present, ...named] }, null, 2);
}

function readPolicy(text: string): Record<string, unknown> | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function freeSid(sid: string, taken: Set<string | undefined>): string {
  let free = sid;
  for (let count = 2; taken.has(free); count++) free = `${sid}${count}`;
  taken.add(free);
  return free;
}

function allow(Sid: string, Action: readonly string[], Resource: Statement["Resource"]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}

function isOurs(action: string): boolean {
  return action.startsWith("slipway:");
}

function some(arns: readonly string[]): Statement["Resource"] {
  return arns.length === 0 ? "*" : arns;
}

/** A service that is deleted and made again has another id, and is meant all the same. */
function anyId(arns: readonly string[]): Statement["Resource"] {
  return some(arns.map((arn) => arn.replace(/\/[0-9a-f]{32}$/, "/*")));
}

/** `/aws/apprunner/<name>/<id>/…` of each service. */
function logGroups(arns: readonly string[]): Statement["Resource"] {
  return some(
    arns.map((arn) => {
      const [prefix = "", name = ""] = arn.split(":service/");
      const scope = prefix.replace("arn:aws:apprunner:", "arn:aws:logs:");
      return `${scope}:log-group:/aws/apprunner/${name.split("/")[0]}/*`;
    }),
  );
}
