/**
 * Each constraint that the contract has on CreateService, walked from the contract itself: values at its limits and beyond are
 * refused by the forms when the API refuses them, and taken when it takes them. A member that is new there has no place here
 * yet, and fails.
 */
import { describe, expect, test } from "vitest";
import { problemOfService } from "../../../../src/api/acceptable-service.ts";
import type { Constraint } from "../../../../src/contract/constraints.ts";
import { constraintOfMember, constraintOfShape } from "../../../../src/contract/member-constraints.ts";
import { appRunnerShapes } from "../../../../src/contract/model.gen.ts";
import type { Shape } from "../../../../src/contract/shape.ts";
import { type DraftChange, emptyDraft, type ServiceDraft } from "./draft.ts";
import { toCreateScaling, toCreateService } from "./draft-to-wire.ts";
import { missingOf, problemsOf } from "./rules.ts";
import { memoriesFor, sizes } from "./sizes.ts";

const image: ServiceDraft = { ...emptyDraft, name: "shop", imageIdentifier: "nginx", healthProtocol: "HTTP" };
const code: ServiceDraft = {
  ...emptyDraft,
  sourceKind: "code",
  name: "shop",
  repositoryUrl: "https://git.example.com/shop.git",
  branch: "main",
  runtime: "NODEJS_22",
};
const own: ServiceDraft = { ...image, scalingChoice: "own" };

/** Where a member is typed. */
const TYPED: Readonly<Record<string, readonly [base: ServiceDraft, change: (text: string) => DraftChange]>> =
  {
    "CreateServiceRequest.ServiceName": [image, (name) => ({ name })],
    "ImageRepository.ImageIdentifier": [image, (imageIdentifier) => ({ imageIdentifier })],
    "ImageConfiguration.Port": [image, (port) => ({ port })],
    BuildCommand: [code, (buildCommand) => ({ buildCommand })],
    StartCommand: [image, (startCommand) => ({ startCommand })],
    "CodeConfigurationValues.Port": [code, (port) => ({ port })],
    "SourceCodeVersion.Value": [code, (branch) => ({ branch })],
    "CodeRepository.RepositoryUrl": [code, (repositoryUrl) => ({ repositoryUrl })],
    "CodeRepository.SourceDirectory": [code, (sourceDirectory) => ({ sourceDirectory })],
    RuntimeEnvironmentVariablesKey: [image, (name) => ({ variables: [{ name, value: "1" }] })],
    RuntimeEnvironmentVariablesValue: [image, (value) => ({ variables: [{ name: "A", value }] })],
    RuntimeEnvironmentSecretsName: [image, (name) => ({ secrets: [{ name, value: "/shop/key" }] })],
    RuntimeEnvironmentSecretsValue: [image, (value) => ({ secrets: [{ name: "A", value }] })],
    "HealthCheckConfiguration.Path": [image, (healthPath) => ({ healthPath })],
    "HealthCheckConfiguration.Interval": [image, (healthInterval) => ({ healthInterval })],
    "HealthCheckConfiguration.Timeout": [image, (healthTimeout) => ({ healthTimeout })],
    "HealthCheckConfiguration.HealthyThreshold": [image, (healthyThreshold) => ({ healthyThreshold })],
    "HealthCheckConfiguration.UnhealthyThreshold": [image, (unhealthyThreshold) => ({ unhealthyThreshold })],
    "Tag.Key": [image, (name) => ({ tags: [{ name, value: "1" }] })],
    "Tag.Value": [image, (value) => ({ tags: [{ name: "team", value }] })],
    "CreateAutoScalingConfigurationRequest.MinSize": [own, (minSize) => ({ minSize, maxSize: "30" })],
    "CreateAutoScalingConfigurationRequest.MaxSize": [own, (maxSize) => ({ maxSize })],
    "CreateAutoScalingConfigurationRequest.MaxConcurrency": [own, (maxConcurrency) => ({ maxConcurrency })],
  };
/** Chosen of what the API itself lists, or taken from another field. */
const CHOSEN: ReadonlySet<string> = new Set([
  "AuthenticationConfiguration.AccessRoleArn",
  "AuthenticationConfiguration.ConnectionArn",
  "CreateAutoScalingConfigurationRequest.AutoScalingConfigurationName",
  "CreateServiceRequest.AutoScalingConfigurationArn",
  "EgressConfiguration.VpcConnectorArn",
  "EncryptionConfiguration.KmsKey",
  "InstanceConfiguration.Cpu",
  "InstanceConfiguration.InstanceRoleArn",
  "InstanceConfiguration.Memory",
  "ServiceObservabilityConfiguration.ObservabilityConfigurationArn",
]);

interface Constrained {
  readonly member: string;
  readonly type: string;
  readonly constraint: Constraint;
}

function constrainedOf(typeName: string, place: string): readonly Constrained[] {
  const shape = (appRunnerShapes as Readonly<Record<string, Shape>>)[typeName];
  const ofShape = constraintOfShape(typeName);
  if (shape === undefined || shape.kind === "sensitive") {
    const [structure = "", member = ""] = place.split(".");
    const ofMember = constraintOfMember(structure, member);
    if (ofShape !== undefined) return [{ member: typeName, type: "string", constraint: ofShape }];
    return ofMember === undefined ? [] : [{ member: place, type: typeName, constraint: ofMember }];
  }
  if (shape.kind === "structure") {
    return Object.entries(shape.members).flatMap(([member, { type }]) =>
      constrainedOf(type, `${typeName}.${member}`),
    );
  }
  if (shape.kind === "list") return constrainedOf(shape.element, place);
  if (shape.kind === "map") return [...constrainedOf(shape.key, place), ...constrainedOf(shape.value, place)];
  return [];
}

const all = new Map(
  ["CreateServiceRequest", "CreateAutoScalingConfigurationRequest"]
    .flatMap((request) => constrainedOf(request, ""))
    .map((one) => [one.member, one]),
);

test("every constrained member is one that is typed or chosen", () => {
  const unknown = [...all.keys()].filter((member) => TYPED[member] === undefined && !CHOSEN.has(member));
  expect(unknown).toEqual([]);
  expect(all.size).toBeGreaterThan(20);
});

/** At the limits and just beyond them, and characters that patterns are about. */
function valuesFor({ type, constraint: { min = 1, max } }: Constrained): readonly string[] {
  if (type === "integer") return [min - 1, min, max ?? 1_000_000, (max ?? 2 ** 31 - 1) + 1].map(String);
  const lengths = [min - 1, min, min + 1, max ?? 64, (max ?? 4_096) + 1].filter((length) => length > 0);
  const characters = [
    "a\nb",
    "a\rb",
    "a\u0000b",
    " ",
    "a b c d",
    "aws:x",
    "-abc",
    "a.bc",
    "a_bc",
    "Größe",
    "🚢🚢🚢🚢",
  ];
  const texts = lengths.map((length) => "a".repeat(length));
  return [...texts, ...texts.map((text) => `/${text.slice(1)}`), ...characters, "8080", "/a", "0", "65536"];
}

const typed = [...all.values()].filter(({ member }) => TYPED[member] !== undefined);

describe.each(typed.map((one) => [one.member, one] as const))("%s", (member, constrained) => {
  test("is refused by the forms as by the API, at its limits and with odd characters", () => {
    const [base, change] = TYPED[member] ?? [image, () => ({})];
    const disagreements = valuesFor(constrained).filter((value) => {
      const draft = { ...base, ...change(value) };
      const isRefusedHere = problemsOf(draft).size + missingOf(draft).size > 0;
      const scaling = toCreateScaling(draft) ?? undefined;
      const answer = problemOfService({ service: toCreateService(draft), ...(scaling && { scaling }) });
      return isRefusedHere !== (answer !== null);
    });
    expect(disagreements.map((value) => JSON.stringify(value).slice(0, 40))).toEqual([]);
  });
});

test("every size that can be chosen is one that the API takes", () => {
  for (const { cpu } of sizes) {
    for (const memory of memoriesFor(cpu)) {
      expect(problemOfService({ service: toCreateService({ ...image, cpu, memory }) })).toBeNull();
    }
  }
});
