/** What the review page offers as code says all of the API's input, whatever characters people put into it. */
import { describe, expect, test } from "vitest";
import { emptyDraft, type ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { toCreateScaling, toCreateService } from "../../../parts/service-fields/draft-to-wire.ts";
import { toAwsCli } from "./aws-cli.ts";
import { toCloudFormation } from "./cloud-formation.ts";
import { toTerraform } from "./terraform.ts";
import type { CodeWish } from "./wish.ts";

const draft: ServiceDraft = {
  ...emptyDraft,
  name: "shop",
  imageIdentifier: "registry.example.com/shop:1",
  startCommand: "sh -c 'echo \"$HOME\"'",
  variables: [
    { name: "GREETING", value: 'it\'s ${HOME} %{x} "quoted" \\ back\nnext' },
    { name: "EMPTY", value: "" },
  ],
  secrets: [{ name: "KEY", value: "/shop/key" }],
  healthProtocol: "HTTP",
  healthPath: "/up",
  scalingChoice: "own",
  minSize: "2",
  extensions: { "rate-limit": "600/m burst=50" },
  tags: [{ name: "team", value: "Löwe" }],
};

function wishOf(of: ServiceDraft): CodeWish {
  return {
    service: toCreateService(of),
    scaling: toCreateScaling(of),
    endpoint: "http://127.0.0.1:7070",
    region: "us-east-1",
  };
}

const plain: ServiceDraft = { ...emptyDraft, name: "shop", imageIdentifier: "nginx" };

describe("the AWS CLI command", () => {
  test("of a plain service", () => {
    expect(toAwsCli(wishOf(plain))).toBe(
      String.raw`aws apprunner create-service \
  --endpoint-url http://127.0.0.1:7070 \
  --region us-east-1 \
  --service-name shop \
  --source-configuration '{"ImageRepository":{"ImageIdentifier":"nginx","ImageRepositoryType":"ECR","ImageConfiguration":{"Port":"8080"}},"AutoDeploymentsEnabled":false}' \
  --instance-configuration '{"Cpu":"1024","Memory":"2048"}' \
  --health-check-configuration '{"Protocol":"TCP","Interval":5,"Timeout":2,"HealthyThreshold":1,"UnhealthyThreshold":5}' \
  --network-configuration '{"EgressConfiguration":{"EgressType":"DEFAULT"},"IngressConfiguration":{"IsPubliclyAccessible":true}}'
`,
    );
  });

  test("makes the scaling first, and lets no quote end a text", () => {
    const text = toAwsCli(wishOf(draft));
    expect(text).toContain("scaling=$(aws apprunner create-auto-scaling-configuration");
    expect(text).toContain("--min-size 2");
    expect(text).toContain('--auto-scaling-configuration-arn "$scaling"');
    expect(text).toContain(String.raw`it'\''s \${HOME}`.replace(String.raw`\$`, "$"));
  });
});

test("Terraform: blocks, maps, and nothing that it would look into", () => {
  expect(toTerraform(wishOf(draft))).toBe(String.raw`provider "aws" {
  region = "us-east-1"
  endpoints {
    apprunner = "http://127.0.0.1:7070"
  }
}

resource "aws_apprunner_auto_scaling_configuration_version" "shop" {
  auto_scaling_configuration_name = "shop"
  min_size                        = 2
  max_size                        = 25
  max_concurrency                 = 100
}

resource "aws_apprunner_service" "shop" {
  service_name = "shop"
  source_configuration {
    auto_deployments_enabled = false
    image_repository {
      image_identifier      = "registry.example.com/shop:1"
      image_repository_type = "ECR"
      image_configuration {
        start_command = "sh -c 'echo \"$HOME\"'"
        port          = "8080"
        runtime_environment_variables = {
          "GREETING" = "it's $${"${HOME}"} %%{x} \"quoted\" \\ back\nnext"
          "EMPTY"    = ""
        }
        runtime_environment_secrets = {
          "KEY" = "/shop/key"
        }
      }
    }
  }
  instance_configuration {
    cpu    = "1024"
    memory = "2048"
  }
  health_check_configuration {
    protocol            = "HTTP"
    path                = "/up"
    interval            = 5
    timeout             = 2
    healthy_threshold   = 1
    unhealthy_threshold = 5
  }
  network_configuration {
    egress_configuration {
      egress_type = "DEFAULT"
    }
    ingress_configuration {
      is_publicly_accessible = true
    }
  }
  auto_scaling_configuration_arn = aws_apprunner_auto_scaling_configuration_version.shop.arn
  tags = {
    "slipway:rate-limit" = "600/m burst=50"
    "team"               = "Löwe"
  }
}
`);
});

test("CloudFormation: lists of names and values, every text in quotes", () => {
  expect(toCloudFormation(wishOf(draft))).toBe(String.raw`AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Scaling:
    Type: AWS::AppRunner::AutoScalingConfiguration
    Properties:
      AutoScalingConfigurationName: "shop"
      MinSize: 2
      MaxSize: 25
      MaxConcurrency: 100
  Service:
    Type: AWS::AppRunner::Service
    Properties:
      ServiceName: "shop"
      SourceConfiguration:
        ImageRepository:
          ImageIdentifier: "registry.example.com/shop:1"
          ImageRepositoryType: "ECR"
          ImageConfiguration:
            StartCommand: "sh -c 'echo \"$HOME\"'"
            Port: "8080"
            RuntimeEnvironmentVariables:
              - Name: "GREETING"
                Value: "it's ${"${HOME}"} %{x} \"quoted\" \\ back\nnext"
              - Name: "EMPTY"
                Value: ""
            RuntimeEnvironmentSecrets:
              - Name: "KEY"
                Value: "/shop/key"
        AutoDeploymentsEnabled: false
      InstanceConfiguration:
        Cpu: "1024"
        Memory: "2048"
      Tags:
        - Key: "slipway:rate-limit"
          Value: "600/m burst=50"
        - Key: "team"
          Value: "Löwe"
      HealthCheckConfiguration:
        Protocol: "HTTP"
        Path: "/up"
        Interval: 5
        Timeout: 2
        HealthyThreshold: 1
        UnhealthyThreshold: 5
      NetworkConfiguration:
        EgressConfiguration:
          EgressType: "DEFAULT"
        IngressConfiguration:
          IsPubliclyAccessible: true
      AutoScalingConfigurationArn: !GetAtt Scaling.AutoScalingConfigurationArn
`);
});

test("a name that begins with a digit is a name in Terraform too", () => {
  expect(toTerraform(wishOf({ ...plain, name: "2nd-shop" }))).toContain(
    'resource "aws_apprunner_service" "_2nd-shop" {',
  );
});

/** Everything that quoting could stumble over, in every place that takes a text. */
const hostile =
  "it's \"q\" $HOME ${HOME} $(id) `id` %{if} \\ \\n ! * ~ ; & | < > # é\t\b\f\u0085\u2028 \\b\nnext 'end";
const worst: ServiceDraft = {
  ...draft,
  startCommand: hostile.replaceAll("\n", " "),
  variables: [
    { name: "A B'\"$", value: hostile },
    { name: "LEADING", value: "-x" },
    { name: "NUMBER", value: "010" },
    { name: "YES", value: "yes" },
    { name: "COLON", value: "a: b # c" },
  ],
  tags: [{ name: "it's", value: '${x} "y"' }],
};

describe("hostile values", () => {
  test("come out of the shell's words as they went in", () => {
    const { service, scaling } = wishOf(worst);
    const [first = "", second = ""] = toAwsCli(wishOf(worst)).split("\n\n");
    const inner = /^scaling=\$\((.*)\)$/s.exec(first)?.[1] ?? "";
    expect(inputOf(shellWords(inner), "create-auto-scaling-configuration")).toEqual(scaling);
    const { AutoScalingConfigurationArn, ...told } = inputOf(shellWords(second), "create-service");
    expect(AutoScalingConfigurationArn).toBe("$scaling");
    expect(told).toEqual(service);
  });

  test("come out of CloudFormation as they went in, in the shape that it has", () => {
    const { service, scaling } = wishOf(worst);
    const { Resources } = readYaml(toCloudFormation(wishOf(worst))) as { Resources: Record<string, unknown> };
    const { ImageConfiguration: run, ...image } = service.SourceConfiguration.ImageRepository ?? {};
    const pairs = (map: object) =>
      Object.entries(map).map(([Name, Value]) => ({ Name, Value: Value as string }));
    expect(Resources).toEqual({
      Scaling: { Type: "AWS::AppRunner::AutoScalingConfiguration", Properties: scaling },
      Service: {
        Type: "AWS::AppRunner::Service",
        Properties: {
          ...service,
          SourceConfiguration: {
            ...service.SourceConfiguration,
            ImageRepository: {
              ...image,
              ImageConfiguration: {
                ...run,
                RuntimeEnvironmentVariables: pairs(run?.RuntimeEnvironmentVariables ?? {}),
                RuntimeEnvironmentSecrets: pairs(run?.RuntimeEnvironmentSecrets ?? {}),
              },
            },
          },
          AutoScalingConfigurationArn: "!GetAtt Scaling.AutoScalingConfigurationArn",
        },
      },
    });
  });

  test("stand in Terraform as texts that it takes as they are, with all that its resource requires", () => {
    const text = toTerraform(wishOf(worst));
    const texts = [...text.matchAll(/"(?:[^"\\\n]|\\.)*"/g)].map(([literal]) => hclText(literal));
    expect(texts).toEqual(
      expect.arrayContaining([hostile, "A B'\"$", "it's", '${x} "y"', "010", "a: b # c"]),
    );
    // Outside of texts there is nothing but names, numbers and signs.
    const bare = text.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""');
    expect(bare).toMatch(/^[\w\s.={}"-]*$/);
    expect(bare.split("{").length).toBe(bare.split("}").length);
    for (const needed of [
      "service_name",
      "source_configuration {",
      "image_identifier",
      "image_repository_type",
    ])
      expect(bare).toContain(needed);
  });
});

/** As POSIX has words: quotes, and a backslash before the end of a line. Nothing is run. */
function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (const [part, single, double, escaped] of line.matchAll(
    /'([^']*)'|"([^"]*)"|\\(.|\n)|\s+|[^\s'"\\]+/gs,
  )) {
    if (/^\s/.test(part)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (escaped !== "\n") {
      word = (word ?? "") + (single ?? double ?? escaped ?? part);
    }
  }
  return word === null ? words : [...words, word];
}

/** What the AWS CLI makes of its words. */
function inputOf(words: readonly string[], command: string): Record<string, unknown> {
  expect(words.slice(0, 3)).toEqual(["aws", "apprunner", command]);
  const options = words.slice(3);
  const given = options.flatMap((option, index) =>
    index % 2 === 0 ? [[option.replace(/^--/, ""), options[index + 1] ?? ""] as const] : [],
  );
  expect(given.every(([name]) => /^[a-z][a-z-]+$/.test(name))).toBe(true);
  return Object.fromEntries(
    given
      .filter(([name]) => !["endpoint-url", "region", "query", "output"].includes(name))
      .map(([name, value]) => [
        name.replaceAll(/(?:^|-)([a-z])/g, (_whole, letter: string) => letter.toUpperCase()),
        /^(?:[[{]|\d+$)/.test(value) ? (JSON.parse(value) as unknown) : value,
      ]),
  );
}

/** The YAML that is written here: blocks by indentation, texts as JSON has them. */
function readYaml(text: string): unknown {
  expect(text).not.toMatch(/[\u007F-\u009F\u2028\u2029\uFEFF]/);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  let at = 0;
  const depthOf = (line: string) => line.length - line.trimStart().length;
  const scalar = (value: string): unknown => (/^(?:!GetAtt |AWS::)/.test(value) ? value : JSON.parse(value));
  function block(depth: number): unknown {
    return lines[at]?.trimStart().startsWith("- ") === true ? list(depth) : mapping(depth);
  }
  function list(depth: number): unknown[] {
    const items: unknown[] = [];
    while (
      at < lines.length &&
      depthOf(lines[at] ?? "") === depth &&
      lines[at]?.trimStart().startsWith("- ")
    ) {
      lines[at] = (lines[at] ?? "").replace("- ", "  ");
      items.push(mapping(depth + 2));
    }
    return items;
  }
  function mapping(depth: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    while (at < lines.length && depthOf(lines[at] ?? "") === depth) {
      const line = lines[at] ?? "";
      const [, name = "", value = ""] = /^ *(\w+):(?: (.*))?$/.exec(line) ?? [];
      expect(name, line).not.toBe("");
      at += 1;
      members[name] = value === "" ? block(depthOf(lines[at] ?? "")) : scalar(value);
    }
    return members;
  }
  return mapping(0);
}

/** What Terraform reads: JSON's escapes, and doubled signs before a brace are one. */
function hclText(literal: string): string {
  const escapes = [...literal.matchAll(/\\(.)/g)].map(([, letter]) => letter);
  expect(escapes.filter((letter) => !'nrtu"\\'.includes(letter ?? ""))).toEqual([]);
  expect(literal).not.toMatch(/(?:^|[^$])(?:\$\$)*\$\{|(?:^|[^%])(?:%%)*%\{/);
  return (JSON.parse(literal) as string).replaceAll(/([$%])\1\{/g, "$1{");
}
