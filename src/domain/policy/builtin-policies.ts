/**
 * The policies that every account has, under AWS's names and ARNs, with as much of AWS's text as there is something to
 * allow here. Where AWS's allow services of App Runner, ours also allow what `slipway:` adds to them.
 */

export interface BuiltinPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** ANPA…; the same in every installation. */
  readonly id: string;
  readonly description: string;
  /** JSON. There is one version, v1. */
  readonly document: string;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow";
  readonly Action?: string | readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Of ours, what shows services, their sources, repositories and what they used, and nothing of the installation. */
const SLIPWAY_READ = [
  "slipway:CheckCustomDomain",
  "slipway:DescribeConnection",
  "slipway:DescribeOperation",
  "slipway:DescribeRelease",
  "slipway:DescribeRepository",
  "slipway:DescribeServices",
  "slipway:DescribeSourceWatch",
  "slipway:DetectSource",
  "slipway:ExplainService",
  "slipway:GetDefaultBranch",
  "slipway:GetInfo",
  "slipway:GetLocalAuthority",
  "slipway:GetStatus",
  "slipway:GetUsage",
  "slipway:ListActions",
  "slipway:ListBranches",
  "slipway:ListDomains",
  "slipway:ListEvents",
  "slipway:ListExamples",
  "slipway:ListInstances",
  "slipway:ListNodes",
  "slipway:GetReleaseSbom",
  "slipway:ListReleases",
  "slipway:ListRepositories",
  "slipway:ListRuntimes",
  "slipway:ListServiceOverviews",
  "slipway:PullRepository",
  "slipway:SimulateScaling",
] as const;

/** Of ours, what changes services, their sources and repositories. */
const SLIPWAY_CHANGE = [
  "slipway:BuildRuntime",
  "slipway:CancelOperation",
  "slipway:CompleteConnection",
  "slipway:CreateRepository",
  "slipway:DeleteRepository",
  "slipway:InspectImage",
  "slipway:InspectImageRepository",
  "slipway:ListImages",
  "slipway:PushRepository",
  "slipway:RollbackService",
  "slipway:RotateWebhookSecret",
  "slipway:TryHealthCheck",
] as const;

const LOGS_READ = [
  "logs:Describe*",
  "logs:Get*",
  "logs:List*",
  "logs:StartQuery",
  "logs:StopQuery",
  "logs:TestMetricFilter",
  "logs:FilterLogEvents",
  "logs:StartLiveTail",
  "logs:StopLiveTail",
] as const;

const METRICS_READ = ["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"] as const;
const SECRETS_READ = [
  "secretsmanager:Describe*",
  "secretsmanager:GetResourcePolicy",
  "secretsmanager:List*",
] as const;
const PARAMETERS_READ = ["ssm:Describe*", "ssm:Get*", "ssm:List*"] as const;
const KEYS_READ = ["kms:Describe*", "kms:Get*", "kms:List*"] as const;
const IAM_READ = ["iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*", "slipway:ListActions"] as const;

export const builtinPolicies: readonly BuiltinPolicy[] = [
  policy("AdministratorAccess", "Everything in the account.", allow("*")),
  policy(
    "PowerUserAccess",
    "Everything but users, roles and policies.",
    { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
    allow(["iam:ListRoles"]),
  ),
  policy(
    "ReadOnlyAccess",
    "Reads everything but values of secrets; values of parameters too, as AWS's does.",
    allow([
      "apprunner:Describe*",
      "apprunner:List*",
      ...SLIPWAY_READ,
      "slipway:Describe*",
      "slipway:Get*",
      "slipway:List*",
      "slipway:LookupEvents",
      ...METRICS_READ,
      ...LOGS_READ,
      ...SECRETS_READ,
      ...PARAMETERS_READ,
      ...KEYS_READ,
      ...IAM_READ,
      "cloudtrail:LookupEvents",
      "sts:GetAccessKeyInfo",
      "sts:GetCallerIdentity",
    ]),
  ),
  policy(
    "AWSAppRunnerFullAccess",
    "All of App Runner; of Slipway's own what belongs to services, repositories and connections.",
    {
      Effect: "Allow",
      Action: "iam:CreateServiceLinkedRole",
      Resource: [
        "arn:aws:iam::*:role/aws-service-role/apprunner.amazonaws.com/AWSServiceRoleForAppRunner",
        "arn:aws:iam::*:role/aws-service-role/networking.apprunner.amazonaws.com/AWSServiceRoleForAppRunnerNetworking",
      ],
      Condition: {
        StringLike: {
          "iam:AWSServiceName": ["apprunner.amazonaws.com", "networking.apprunner.amazonaws.com"],
        },
      },
    },
    {
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: "*",
      Condition: { StringLike: { "iam:PassedToService": "apprunner.amazonaws.com" } },
    },
    { Sid: "AppRunnerAdminAccess", ...allow("apprunner:*") },
    { Sid: "SlipwayServices", ...allow([...SLIPWAY_READ, ...SLIPWAY_CHANGE]) },
  ),
  policy(
    "AWSAppRunnerReadOnlyAccess",
    "Reads all of App Runner; of Slipway's own what belongs to services, repositories and connections.",
    allow(["apprunner:List*", "apprunner:Describe*"]),
    { Sid: "SlipwayServices", ...allow(SLIPWAY_READ) },
  ),
  policy(
    "service-role/AWSAppRunnerServicePolicyForECRAccess",
    "For access roles: pulls images from ECR.",
    allow([
      "ecr:GetDownloadUrlForLayer",
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:DescribeImages",
      "ecr:GetAuthorizationToken",
    ]),
  ),
  policy(
    "SecretsManagerReadWrite",
    "All of Secrets Manager, values too.",
    allow(["secretsmanager:*", "kms:DescribeKey", "kms:ListAliases", "kms:ListKeys"]),
  ),
  policy(
    "AWSKeyManagementServicePowerUser",
    "Makes keys, names and tags them; does not use, disable or delete them.",
    allow([
      "kms:CreateAlias",
      "kms:CreateKey",
      "kms:DeleteAlias",
      "kms:Describe*",
      "kms:GenerateRandom",
      "kms:Get*",
      "kms:List*",
      "kms:TagResource",
      "kms:UntagResource",
      "iam:ListGroups",
      "iam:ListRoles",
      "iam:ListUsers",
    ]),
    { Sid: "SlipwayKeys", ...allow(["slipway:ListEncryptionKeys"]) },
  ),
  policy("AmazonSSMFullAccess", "All of Parameter Store.", allow("ssm:*")),
  policy("AmazonSSMReadOnlyAccess", "Reads Parameter Store, values too.", allow(PARAMETERS_READ)),
  policy("CloudWatchFullAccess", "All of metrics, alarms and logs.", allow(["cloudwatch:*", "logs:*"])),
  policy(
    "CloudWatchReadOnlyAccess",
    "Reads metrics, alarms and logs.",
    allow([...METRICS_READ, ...LOGS_READ]),
  ),
  policy("CloudWatchLogsFullAccess", "All of logs.", allow(["logs:*", "cloudwatch:GenerateQuery"])),
  policy("CloudWatchLogsReadOnlyAccess", "Reads logs.", allow([...LOGS_READ, "cloudwatch:GenerateQuery"])),
  policy(
    "AWSCloudTrail_ReadOnlyAccess",
    "Reads the audit trail, and checks it.",
    allow(["cloudtrail:Get*", "cloudtrail:Describe*", "cloudtrail:List*", "cloudtrail:LookupEvents"]),
    { Sid: "SlipwayAudit", ...allow(["slipway:LookupEvents", "slipway:VerifyAuditTrail"]) },
  ),
  policy("IAMFullAccess", "All of users, roles and policies.", allow(["iam:*"]), {
    Sid: "SlipwayUsers",
    ...allow(["slipway:ListActions", "slipway:ListSignInSessions", "slipway:EndSignInSessions"]),
  }),
  policy("IAMReadOnlyAccess", "Reads users, roles and policies.", allow(IAM_READ)),
  policy(
    "IAMUserChangePassword",
    "A user's own password.",
    {
      Effect: "Allow",
      Action: "iam:ChangePassword",
      Resource: ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}"],
    },
    allow(["iam:GetAccountPasswordPolicy"]),
  ),
];

const byArn: ReadonlyMap<string, BuiltinPolicy> = new Map(builtinPolicies.map((one) => [one.arn, one]));

export function findBuiltinPolicy(arn: string): BuiltinPolicy | null {
  return byArn.get(arn) ?? null;
}

/** `pathAndName`: as after `policy/` in the ARN. */
function policy(
  pathAndName: string,
  description: string,
  ...statements: readonly Statement[]
): BuiltinPolicy {
  const slash = pathAndName.lastIndexOf("/");
  const name = pathAndName.slice(slash + 1);
  return {
    arn: `arn:aws:iam::aws:policy/${pathAndName}`,
    name,
    path: `/${pathAndName.slice(0, slash + 1)}`,
    id: `ANPA${name.replaceAll("_", "").toUpperCase().padEnd(17, "X").slice(0, 17)}`,
    description,
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  };
}

function allow(actions: string | readonly string[]): Statement {
  return { Effect: "Allow", Action: actions, Resource: "*" };
}
