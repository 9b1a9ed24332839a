/** Everything that reads text of strangers without a server around it: what it reads, and how it may refuse. */
import { parseAppRunnerFile } from "../../src/builder/apprunner-file.ts";
import { ignorePatterns, withoutSyntaxLine } from "../../src/builder/user-dockerfile.ts";
import { commandOfRuntime, splitCommandLine } from "../../src/domain/command-line.ts";
import { isSlipwayError } from "../../src/domain/error.ts";
import { extensions, parseExtensions } from "../../src/domain/extension.ts";
import { compileFilterPattern } from "../../src/domain/filter-pattern/filter-pattern.ts";
import { parseImageReference } from "../../src/domain/image-reference.ts";
import { parseMath } from "../../src/domain/metric-math/math-syntax.ts";
import { MathError } from "../../src/domain/metric-math/math-value.ts";
import { parseSecretReference } from "../../src/domain/secret-reference.ts";
import { BuildError } from "../../src/ports/builder.ts";
import { SourceError } from "../../src/ports/source-code.ts";
import { parsePointer } from "../../src/sources/git/lfs.ts";
import { checkBranchName, relativeSourceDirectory } from "../../src/sources/git/location.ts";
import { parseRepositoryAddress, resolveSubmoduleAddress } from "../../src/sources/git/repository-address.ts";

export interface TextReader {
  readonly name: string;
  /** Right ones, which are damaged. */
  readonly examples: readonly string[];
  /** Returns, or throws what `refuses` knows. */
  readonly read: (text: string) => unknown;
  readonly refuses: (error: unknown) => boolean;
}

const scope = { region: "us-east-1", account: "000000000000" };
const isCatalogued = (error: unknown): boolean => isSlipwayError(error);
const isBuildProblem = (error: unknown): boolean => error instanceof BuildError;
const isSourceProblem = (error: unknown): boolean => error instanceof SourceError;
const never = (): boolean => false;

const APPRUNNER_YAML = `version: 1.0
runtime: nodejs22
build:
  commands:
    pre-build: [npm --version]
    build:
      - npm ci
      - npm run build
  env:
    - name: STAGE
      value: "production"
run:
  runtime-version: 22.14.0
  command: node server.js
  network:
    port: 8080
    env: APP_PORT
  env:
    - {name: COLOUR, value: blue}
  secrets:
    - name: PASSWORD
      value-from: "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:password::"
`;
const DOCKERFILE = `# syntax=docker/dockerfile:1\n# escape=\\\nFROM node:22 AS build\nRUN npm ci\nFROM build\nCMD ["node", "a.js"]\n`;
const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;
const PARENT = parseRepositoryAddress("https://git.example.com/team/app.git");

export const textReaders: readonly TextReader[] = [
  {
    name: "apprunner.yaml",
    examples: [APPRUNNER_YAML],
    read: (text) => parseAppRunnerFile(text),
    refuses: isBuildProblem,
  },
  {
    name: "Dockerfile",
    examples: [DOCKERFILE],
    read: (text) => withoutSyntaxLine(text, "Dockerfile"),
    refuses: isBuildProblem,
  },
  {
    name: ".dockerignore",
    examples: ["# dist\nnode_modules\n!keep\n**/*.log\n"],
    read: ignorePatterns,
    refuses: never,
  },
  {
    name: "image name",
    examples: [
      "nginx",
      "registry.example.com:5000/team/app:1.2",
      `000000000000.dkr.ecr.us-east-1.amazonaws.com/app@sha256:${"a".repeat(64)}`,
    ],
    read: (text) => parseImageReference(text, "ImageIdentifier"),
    refuses: isCatalogued,
  },
  {
    name: "start command",
    examples: [`node --title "a b" 'c' server.js`, "PORT=1 python app.py && true"],
    read: (text) => splitCommandLine(text, "StartCommand"),
    refuses: isCatalogued,
  },
  {
    name: "start command of a runtime",
    examples: ["npm start", "gunicorn app:app | tee log"],
    read: (text) => commandOfRuntime(text, "StartCommand"),
    refuses: isCatalogued,
  },
  {
    name: "repository address",
    examples: [
      "https://git.example.com/team/app.git",
      "ssh://git@git.example.com:2222/app.git",
      "git@git.example.com:team/app.git",
    ],
    read: parseRepositoryAddress,
    refuses: isSourceProblem,
  },
  {
    name: "address of a submodule",
    examples: ["../other.git", "./sub/../../x", "https://git.example.com/lib.git"],
    read: (text) => resolveSubmoduleAddress(PARENT, text),
    refuses: isSourceProblem,
  },
  { name: "branch", examples: ["main", "feature/a-b.c"], read: checkBranchName, refuses: isSourceProblem },
  {
    name: "source directory",
    examples: ["/services/web"],
    read: relativeSourceDirectory,
    refuses: isSourceProblem,
  },
  {
    name: "LFS pointer",
    examples: [LFS_POINTER],
    read: (text) => parsePointer("a.bin", text),
    refuses: never,
  },
  {
    name: "secret reference",
    examples: [
      "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:key:AWSCURRENT:id",
      "/shop/db:3",
    ],
    read: (text) => parseSecretReference(text, scope),
    refuses: never,
  },
  {
    name: "filter pattern",
    examples: [
      `ERROR -"out of memory" ?warn`,
      `{ ($.status >= 500) && ($.path = "/a*") || $.x[0] NOT EXISTS }`,
      `[ip, user, ..., status = 4*, bytes > 1]`,
      "%a[0-9]+b%",
    ],
    read: (text) =>
      compileFilterPattern(text).matches('{"status":500,"path":"/abc"} 127.0.0.1 ann "GET /" 404 12'),
    refuses: isCatalogued,
  },
  {
    name: "metric math",
    examples: ["(m1 + m2) / 2 > 5 AND m3 < 2", `IF(m1 > 1, FILL(m2, 0), RATE(METRICS("m")))`],
    read: parseMath,
    refuses: (error) => error instanceof MathError,
  },
];

/** Values of the tags that switch extensions on. */
export const extensionReaders: readonly TextReader[] = Object.keys(extensions).map((name) => ({
  name: `slipway:${name}`,
  examples: ["30s", "on", "off", "70%", "docker/Dockerfile", "A=1 B=2", "id=/shop/db", "10.0.0.0/8", "100/s"],
  read: (value) => parseExtensions([{ key: `slipway:${name}`, value }]),
  refuses: isCatalogued,
}));
