/** How programs reach this installation, as lines to paste. */
export interface Place {
  readonly endpoint: string;
  readonly region: string;
}

export interface Key {
  readonly id: string;
  readonly secret: string;
}

/** What stands where no key is known. */
export const NO_KEY: Key = { id: "AKIA…", secret: "…" };

/** A profile of the AWS CLI, which SDKs and Terraform read, too. As files: what stands in a command all on the machine can read. */
export function awsCliLines(place: Place, { id, secret }: Key): string {
  return [
    "# ~/.aws/credentials",
    "[slipway]",
    `aws_access_key_id = ${id}`,
    `aws_secret_access_key = ${secret}`,
    "",
    "# ~/.aws/config",
    "[profile slipway]",
    `region = ${place.region}`,
    `endpoint_url = ${place.endpoint}`,
    "",
    "# then",
    "aws apprunner list-services --profile slipway",
  ].join("\n");
}

export function slipwayLines({ endpoint, region }: Place, { id, secret }: Key): string {
  return [
    `export SLIPWAY_ENDPOINT=${endpoint} SLIPWAY_REGION=${region}`,
    `export SLIPWAY_ACCESS_KEY_ID=${id}`,
    `export SLIPWAY_SECRET_ACCESS_KEY=${secret}`,
    "slipway services",
  ].join("\n");
}

export function pythonLines({ endpoint, region }: Place): string {
  return [
    "import boto3",
    "",
    'session = boto3.Session(profile_name="slipway")',
    `apprunner = session.client("apprunner", endpoint_url="${endpoint}", region_name="${region}")`,
    'for service in apprunner.list_services()["ServiceSummaryList"]:',
    '    print(service["ServiceName"], service["Status"])',
  ].join("\n");
}

export function javascriptLines({ endpoint, region }: Place): string {
  return [
    'import { AppRunnerClient, ListServicesCommand } from "@aws-sdk/client-apprunner";',
    "",
    `const client = new AppRunnerClient({ endpoint: "${endpoint}", region: "${region}", profile: "slipway" });`,
    "console.log((await client.send(new ListServicesCommand({}))).ServiceSummaryList);",
  ].join("\n");
}

export function terraformLines({ endpoint, region }: Place): string {
  return [
    'provider "aws" {',
    `  region                      = "${region}"`,
    '  profile                     = "slipway"',
    "  skip_credentials_validation = true",
    "  skip_requesting_account_id  = true",
    "  skip_metadata_api_check     = true",
    "",
    "  endpoints {",
    `    apprunner      = "${endpoint}"`,
    `    secretsmanager = "${endpoint}"`,
    `    ssm            = "${endpoint}"`,
    `    iam            = "${endpoint}"`,
    "  }",
    "}",
  ].join("\n");
}
