/** What forms refuse while typing is what the API refuses, at the same field; what the API takes they take. */
import { describe, expect, test } from "vitest";
import { problemOfService } from "../../../../src/api/acceptable-service.ts";
import { extensions } from "../../../../src/domain/extension.ts";
import { type DraftChange, emptyDraft, type ServiceDraft } from "./draft.ts";
import { toCreateScaling, toCreateService } from "./draft-to-wire.ts";
import { extensionGroups, extensionSpecs } from "./extension-specs.ts";
import { type FieldKey, refusalOf } from "./problems.ts";
import { missingOf, problemsOf } from "./rules.ts";

const image: ServiceDraft = {
  ...emptyDraft,
  name: "shop",
  imageIdentifier: "registry.example.com:5000/team/app:1.2",
};
const code: ServiceDraft = {
  ...emptyDraft,
  sourceKind: "code",
  name: "shop",
  repositoryUrl: "https://git.example.com/team/shop",
  branch: "main",
  runtime: "NODEJS_22",
};

function answerOf(draft: ServiceDraft): string | null {
  const scaling = toCreateScaling(draft) ?? undefined;
  return problemOfService({ service: toCreateService(draft), ...(scaling && { scaling }) });
}

const wrong: readonly (readonly [FieldKey, ServiceDraft, DraftChange])[] = [
  ["name", image, { name: "a b" }],
  ["name", image, { name: "abc" }],
  ["name", image, { name: "x".repeat(41) }],
  ["imageIdentifier", image, { imageIdentifier: "Team/App" }],
  ["imageIdentifier", image, { imageIdentifier: "team/app:1 2" }],
  ["imageIdentifier", image, { imageIdentifier: "team/app@sha256:abc" }],
  ["imageIdentifier", image, { imageIdentifier: `${"a".repeat(1024)}:1` }],
  ["port", image, { port: "0" }],
  ["port", image, { port: "65536" }],
  ["port", code, { port: "http" }],
  ["startCommand", image, { startCommand: "node\nserver.js" }],
  ["startCommand", image, { startCommand: " " }],
  ["buildCommand", code, { buildCommand: "npm ci\nnpm run build" }],
  ["branch", code, { branch: "a..b" }],
  ["branch", code, { branch: "-x" }],
  ["sourceDirectory", code, { sourceDirectory: "web" }],
  ["sourceDirectory", code, { sourceDirectory: "/web/../x" }],
  ["memory", image, { cpu: "256", memory: "4096" }],
  ["minSize", image, { scalingChoice: "own", minSize: "26", maxSize: "30" }],
  ["minSize", image, { scalingChoice: "own", minSize: "5", maxSize: "4" }],
  ["maxSize", image, { scalingChoice: "own", maxSize: "0" }],
  ["maxConcurrency", image, { scalingChoice: "own", maxConcurrency: "201" }],
  ["healthInterval", image, { healthInterval: "0" }],
  ["healthTimeout", image, { healthTimeout: "21" }],
  ["healthyThreshold", image, { healthyThreshold: "21" }],
  ["unhealthyThreshold", image, { unhealthyThreshold: "0" }],
  ["healthPath", image, { healthProtocol: "HTTP", healthPath: "up" }],
  ["healthPath", image, { healthProtocol: "HTTP", healthPath: "/a b" }],
  ["variables[0]", image, { variables: [{ name: "PORT", value: "1" }] }],
  ["variables[0]", image, { variables: [{ name: "A=B", value: "1" }] }],
  [
    "variables[2]",
    image,
    {
      variables: [
        { name: "A", value: "1" },
        { name: "", value: "" },
        { name: "AWSAPPRUNNER_X", value: "1" },
      ],
    },
  ],
  ["secrets[0]", image, { secrets: [{ name: "A", value: "arn:aws:s3:::x" }] }],
  ["secrets[0]", code, { secrets: [{ name: "A", value: "not a reference" }] }],
  ["secrets[0]", image, { variables: [{ name: "A", value: "1" }], secrets: [{ name: "A", value: "/a" }] }],
  ["tags[0]", image, { tags: [{ name: "aws:x", value: "1" }] }],
  ["tags[0]", image, { tags: [{ name: "x".repeat(129), value: "1" }] }],
  ["tags[0]", image, { tags: [{ name: "x", value: "1".repeat(257) }] }],
  ["extensions.scale-to-zero", image, { extensions: { "scale-to-zero": "8d" } }],
  ["extensions.stop-grace", image, { extensions: { "stop-grace": "11m" } }],
  ["extensions.scale-cpu", image, { extensions: { "scale-cpu": "0%" } }],
  ["extensions.protocol", image, { extensions: { protocol: "h3" } }],
  ["extensions.access-log", image, { extensions: { "access-log": "yes" } }],
  ["extensions.rate-limit", image, { extensions: { "rate-limit": "10 a second" } }],
  ["extensions.allow-cidrs", image, { extensions: { "allow-cidrs": "everybody" } }],
  ["extensions.basic-auth", image, { extensions: { "basic-auth": "alice=vault:kv/x" } }],
  ["extensions.deny-paths", image, { extensions: { "deny-paths": "/a%b" } }],
  ["extensions.max-body", image, { extensions: { "max-body": "10 MB" } }],
  ["extensions.request-timeout", image, { extensions: { "request-timeout": "3m" } }],
  ["extensions.connect", image, { extensions: { connect: "a" } }],
  ["extensions.verify-signature", image, { extensions: { "verify-signature": "-x" } }],
  ["extensions.dockerfile", code, { buildFrom: "dockerfile", extensions: { dockerfile: "../Dockerfile" } }],
  ["extensions.build-args", code, { buildFrom: "dockerfile", extensions: { "build-args": "no" } }],
  ["extensions.build-secrets", code, { extensions: { "build-secrets": "npmrc" } }],
];

describe.each(wrong)("%s", (field, base, change) => {
  const draft = { ...base, ...change };
  test(`${JSON.stringify(change).slice(0, 80)} is refused at the field, by us and by the API`, () => {
    expect([...problemsOf(draft).keys()]).toEqual([field]);
    const answer = answerOf(draft);
    expect(answer).not.toBeNull();
    const refusal = refusalOf(answer ?? "", draft);
    expect([...refusal.fields.keys()]).toEqual([field]);
    expect(refusal.rest).toBeNull();
  });
});

const right: readonly (readonly [ServiceDraft, DraftChange])[] = [
  [image, {}],
  [code, {}],
  [image, { imageIdentifier: "nginx" }],
  [image, { imageIdentifier: `localhost/a__b/c-d@sha256:${"0a".repeat(32)}` }],
  [image, { imageIdentifier: "127.0.0.1:5000/app:latest" }],
  [image, { scalingChoice: "own", minSize: "2", maxSize: "1000", maxConcurrency: "200" }],
  [code, { buildFrom: "file" }],
  [code, { buildFrom: "dockerfile", port: "", extensions: { "build-args": "A=1 B=" } }],
  [image, { healthProtocol: "HTTP", healthPath: "/up?x=1", healthInterval: "20", healthTimeout: "20" }],
  [image, { variables: [{ name: "A-b.c", value: "" }], secrets: [{ name: "S", value: "/shop/key:3" }] }],
  [
    image,
    {
      secrets: [
        { name: "S", value: "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:user::" },
      ],
    },
  ],
  [image, { secrets: [{ name: "S", value: "vault:kv/team/app:password:3" }] }],
  [
    image,
    {
      extensions: {
        "scale-to-zero": "off",
        "warm-zero": "0s",
        idle: "freeze",
        "scale-cpu": "70%",
        "start-timeout": "5m",
        protocol: "h2c",
        hsts: "180d",
        "default-host": "off",
        connect: "billing,users",
        "allow-cidrs": "203.0.113.0/24 2001:db8::/32",
        "basic-auth": "alice=/shop/password",
        "rate-limit": "600/m burst=50",
        "deny-paths": "403 /admin /api/*/internal *.php",
        "max-body": "512KiB",
        sandbox: "gvisor",
        "access-log": "on",
      },
    },
  ],
];

test.each(right)("what is right is taken by both (%#)", (base, change) => {
  const draft = { ...base, ...change };
  expect(answerOf(draft)).toBeNull();
  expect([...problemsOf(draft)]).toEqual([]);
  expect([...missingOf(draft)]).toEqual([]);
});

test("what is missing is not called wrong before somebody wants to go on", () => {
  expect([...problemsOf({ ...emptyDraft, healthInterval: "" }).keys()]).toEqual([]);
  expect([...missingOf(emptyDraft).keys()]).toEqual(["name", "imageIdentifier"]);
  expect([...missingOf({ ...emptyDraft, sourceKind: "code" }).keys()]).toEqual([
    "name",
    "repositoryUrl",
    "branch",
    "runtime",
  ]);
});

test("several refusals in one message come to their fields; what names none stands above the form", () => {
  const draft = { ...image, name: "a", healthInterval: "99" };
  const refusal = refusalOf(answerOf(draft) ?? "", draft);
  expect([...refusal.fields.keys()]).toEqual(["name", "healthInterval"]);
  expect(refusalOf("You have as many services as you may.", image)).toEqual({
    fields: new Map(),
    rest: "You have as many services as you may.",
  });
});

test("every extension has a field, in one group of fields", () => {
  expect(Object.keys(extensionSpecs).toSorted()).toEqual(Object.keys(extensions).toSorted());
  expect(Object.values(extensionGroups).flat().toSorted()).toEqual(Object.keys(extensions).toSorted());
});
