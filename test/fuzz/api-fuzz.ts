/** Sends hostile calls to a real API server over its socket: signed ones whose input is wrong, and ones that are wrong before that. */
import { type ContractOperation, operations, wireServices } from "../../src/contract/index.ts";
import {
  call,
  sendRaw,
  sign,
  type HttpAnswer,
  type Signed,
  type Unsigned,
} from "../../src/api/testing/signed-request.ts";
import { ApiInputs } from "./api-inputs.ts";
import type { Chance } from "./chance.ts";
import { toForm } from "./form.ts";
import type { FuzzedApi } from "./fuzzed-api.ts";
import { KnownTexts } from "./known-texts.ts";
import { damaged, nastyText } from "./hostile-text.ts";

export interface ApiFinding {
  readonly target: string;
  readonly body: string;
  readonly status: number;
  readonly text: string;
  /** What the control plane's log says of it. */
  readonly fault: string;
}

interface Hostile {
  readonly target: string;
  readonly request: Signed;
}

const FIRST_FAULT = 500;
const HEADERS = [
  "x-amz-target",
  "content-type",
  "x-amz-date",
  "authorization",
  "host",
  "user-agent",
  "accept",
];
const WEBHOOK_HEADERS = [
  "x-github-event",
  "x-hub-signature-256",
  "x-gitlab-token",
  "x-gitea-event",
  "x-event-key",
  "x-hub-signature",
  "authorization",
];
const PATHS = ["/webhooks/", "/git/", "/service/", "/health", "/metrics", "/", "/%2e%2e/"];

/** One caller after the other; the first finding ends it. */
export async function fuzzApi(slipway: FuzzedApi, count: number, chance: Chance): Promise<ApiFinding | null> {
  const known = new KnownTexts(examples);
  const inputs = new ApiInputs(chance, known);
  for (let round = 0; round < count; round += 1) {
    const hostile = await nextRequest(slipway, inputs, chance);
    const answer = await sendRaw(slipway.endpoint, hostile.request);
    if (answer.status === 200) known.learn(answer.text);
    if (isWrong(answer)) return { ...finding(hostile, answer), fault: slipway.lastFault() };
  }
  return null;
}

function isWrong({ status, text }: HttpAnswer): boolean {
  return status >= FIRST_FAULT || text.includes("InternalService") || status === 0;
}

function finding({ target, request }: Hostile, { status, text }: HttpAnswer): Omit<ApiFinding, "fault"> {
  return { target, body: request.body.toString("utf8").slice(0, 2_000), status, text: text.slice(0, 500) };
}

async function nextRequest(slipway: FuzzedApi, inputs: ApiInputs, chance: Chance): Promise<Hostile> {
  const operation = chance.pick(operations.filter(({ name }) => !name.endsWith("StartLiveTail")));
  const right = rightCall(operation, inputs.of(operation), chance);
  if (chance.oneIn(12)) return strange(chance);
  const body = chance.oneIn(10) ? damaged(String(right.body), chance) : String(right.body);
  const signed = await sign(
    { ...right, body },
    { ...slipway.key, service: wireServices[operation.service].signingName },
  );
  if (!chance.oneIn(15)) return { target: operation.target, request: signed };
  const name = chance.pick(HEADERS);
  const headers = { ...signed.headers, [name]: headerValue(damaged(signed.headers[name] ?? "", chance)) };
  return { target: operation.target, request: { ...signed, headers } };
}

/** In one of the protocols that the service speaks. */
function rightCall({ service, target }: ContractOperation, input: unknown, chance: Chance): Unsigned {
  const { queryVersion } = wireServices[service];
  if (queryVersion === undefined || chance.oneIn(2) || isDeep(input)) return call(target, input);
  const action = target.slice(target.indexOf(".") + 1);
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return { headers, body: toForm(action, queryVersion, input) };
}

/** Names in a form grow with each level. */
function isDeep(input: unknown): boolean {
  return JSON.stringify(input).includes("[[[[");
}

/** What nobody signed: deliveries, pushes, paths that are not there. */
function strange(chance: Chance): Hostile {
  const target = chance.pick(PATHS) + encodeURIComponent(wellFormed(nastyText(chance))).slice(0, 2_000);
  const headers = Object.fromEntries(
    WEBHOOK_HEADERS.filter(() => chance.oneIn(2)).map((name) => [name, headerValue(nastyText(chance))]),
  );
  const method = chance.pick(["POST", "POST", "GET", "PUT", "DELETE", "PROPFIND"]);
  const push = damaged('{"ref":"refs/heads/main","repository":{"full_name":"a/b"}}', chance);
  const body = Buffer.from(method === "POST" || method === "PUT" ? push : "");
  return { target: `${method} ${target}`, request: { method, target, headers, body } };
}

/** What a client of Node's can send at all. */
function headerValue(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return text.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?").slice(0, 4_000);
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}

const role = ["arn:aws:iam::000000000000:role/reader"];

/** Of members where hardly anything is right by chance. */
const examples: Readonly<Record<string, readonly string[]>> = {
  ServiceName: ["web1", "web2", "web3"],
  ImageIdentifier: ["nginx:1", "registry.example.com/team/app:1"],
  ImageRepositoryType: ["ECR", "ECR_PUBLIC"],
  Port: ["8080"],
  Cpu: ["256", "1 vCPU"],
  Memory: ["512", "2 GB"],
  AccessRoleArn: role,
  InstanceRoleArn: role,
  RepositoryUrl: ["https://git.example.com/team/app.git"],
  DomainName: ["www.example.com", "*.example.com"],
  SecretId: ["db", "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf"],
  KeyId: ["alias/logs", "0d990263-018e-4e65-a703-eff731de951e"],
  TargetKeyId: ["0d990263-018e-4e65-a703-eff731de951e"],
  AliasName: ["alias/logs"],
  Name: ["db", "/shop/db", "target"],
  Path: ["/", "/shop"],
  filterPattern: ["ERROR", "{ $.a = 1 }"],
  logGroupName: ["/a"],
  logStreamName: ["s"],
  Key: ["team", "slipway:idle", "slipway:stop-grace"],
  Value: ["red", "freeze", "30s"],
  Version: ["2012-10-17", "1"],
  MetricName: ["Requests"],
  Namespace: ["AWS/AppRunner"],
  Url: ["https://hooks.example.com/a"],
};
