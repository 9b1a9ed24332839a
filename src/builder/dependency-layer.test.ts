import { describe, expect, it } from "vitest";
import { countProcessorMs, MEASURED } from "../../test/support/processor-time.ts";
import type { Language } from "../domain/runtime.ts";
import { findManifests } from "./dependency-layer.ts";
import { memoryTree } from "./testing/memory-tree.ts";

type Files = Readonly<Record<string, string>>;

const node: Files = { "package.json": '{"dependencies":{"express":"^5"}}', "package-lock.json": "{}" };
const ruby: Files = {
  Gemfile: [
    'source "https://gems.example"',
    'ruby "3.3.0"',
    "",
    "# web",
    'gem "sinatra", "~> 4.0", require: "sinatra/base"',
    "gem 'puma', group: [:production, :development]",
    "group :test do",
    '  gem "rspec", git: "https://example.com/rspec.git", tag: "v1"',
    "end",
  ].join("\n"),
  "Gemfile.lock": "GEM\n",
};
const php: Files = { "composer.json": '{"autoload":{"psr-4":{"App\\\\":"src/"}}}', "composer.lock": "{}" };
const go: Files = { "go.mod": "module a\nrequire b v1.0.0\n", "go.sum": "" };
const java: Files = {
  "pom.xml": "<project><parent><artifactId>boot</artifactId><relativePath/></parent></project>",
};
const requirements = (text: string): Files => ({ "requirements.txt": text });
const manifest = (fields: object): Files => ({ ...node, "package.json": JSON.stringify(fields) });

describe("a dependency layer", () => {
  it.each<[Language, string, Files, readonly string[]]>([
    ["nodejs", "npm ci", node, ["package.json", "package-lock.json"]],
    ["nodejs", "npm  ci --omit=dev --no-audit", node, ["package.json", "package-lock.json"]],
    ["nodejs", "npm install", { "package.json": "{}" }, ["package.json"]],
    ["nodejs", "npm ci", { ...node, ".npmrc": "" }, ["package.json", "package-lock.json", ".npmrc"]],
    [
      "nodejs",
      "yarn install --frozen-lockfile",
      { "package.json": "{}", "yarn.lock": "" },
      ["package.json", "yarn.lock"],
    ],
    [
      "nodejs",
      "pnpm install --frozen-lockfile",
      { "package.json": "{}", "pnpm-lock.yaml": "" },
      ["package.json", "pnpm-lock.yaml"],
    ],
    ["nodejs", "npm ci", manifest({ scripts: { build: "tsc" } }), ["package.json", "package-lock.json"]],
    [
      "python",
      "pip3 install -r requirements.txt",
      requirements(
        "# web\nflask==3.0 # it\ndjango[argon2]>=5 ; python_version > '3'\r\n-i https://packages.example/simple\n",
      ),
      ["requirements.txt"],
    ],
    ["python", "pip install --no-cache-dir -r requirements.txt", requirements("a\n"), ["requirements.txt"]],
    [
      "python",
      "pip install -r requirements.txt",
      requirements("a==1 \\\n    --hash=sha256:00\nb @ https://example.com/b.git\n"),
      ["requirements.txt"],
    ],
    ["ruby", "bundle install", ruby, ["Gemfile", "Gemfile.lock"]],
    ["php", "composer install --no-dev", php, ["composer.json", "composer.lock"]],
    ["go", "go mod download", go, ["go.mod", "go.sum"]],
    ["java", "mvn -B dependency:go-offline", java, ["pom.xml"]],
    [
      "java",
      "./mvnw dependency:go-offline",
      { ...java, mvnw: "", ".mvn/wrapper/maven-wrapper.properties": "" },
      ["pom.xml", "mvnw", ".mvn/wrapper/maven-wrapper.properties"],
    ],
  ])("%s: %s reads only manifests", async (language, command, files, expected) => {
    expect(await findManifests(memoryTree(files), "", language, command)).toStrictEqual(expected);
  });

  it.each<[Language, string, Files, string]>([
    ["nodejs", "npm ci && npm run build", node, "more than one command"],
    ["nodejs", "npm ci --prefix web", node, "another directory"],
    ["nodejs", "npm ci", { "package.json": "{}" }, "no lock file"],
    ["nodejs", "npm install left-pad", node, "a package named in the command"],
    ["nodejs", "npm ci", manifest({ scripts: { postinstall: "node x.js" } }), "a script of its own"],
    ["nodejs", "npm ci", manifest({ scripts: { prepare: "husky" } }), "a script of its own"],
    ["nodejs", "npm ci", manifest({ workspaces: ["a"] }), "workspaces"],
    ["nodejs", "npm ci", manifest({ dependencies: { a: "file:../a" } }), "a directory as a package"],
    ["nodejs", "npm ci", manifest({ dependencies: { a: "./a" } }), "a directory as a package"],
    ["nodejs", "npm ci", manifest({ overrides: { b: { a: "file:a" } } }), "an override by a directory"],
    [
      "nodejs",
      "npm ci",
      { ...node, "package-lock.json": '{"resolved": "file:a.tgz"}' },
      "a file in the lock",
    ],
    ["nodejs", "npm ci", { ...node, "binding.gyp": "" }, "something to compile"],
    ["nodejs", "npm ci", { ...node, "node_modules/a/index.js": "" }, "packages in the repository"],
    ["nodejs", "npm ci", { ...node, "package.json": "[]" }, "no manifest"],
    [
      "nodejs",
      "npm ci",
      { ...node, "package-lock.json": "x".repeat(5_000_000) },
      "a lock too large to look at",
    ],
    ["python", "pip install -r requirements.txt", requirements("-r base.txt\n"), "another file"],
    ["python", "pip install -r requirements.txt", requirements("-e .\n"), "the project itself"],
    ["python", "pip install -r requirements.txt", requirements("lib/a\n"), "a directory"],
    ["python", "pip install -r requirements.txt", requirements("a.whl\n"), "a file"],
    ["python", "pip install -r requirements.txt", requirements("a @ file:///app/a\n"), "a file"],
    [
      "python",
      "pip install -r requirements.txt",
      requirements("--find-links wheels\n"),
      "a directory of files",
    ],
    ["python", "pip install -r requirements.txt --target .", requirements("a\n"), "a target in the source"],
    ["python", "pip install .", { "setup.py": "" }, "the project itself"],
    ["ruby", "bundle install", { ...ruby, Gemfile: 'gem "a", path: "a"' }, "a directory"],
    ["ruby", "bundle install", { ...ruby, Gemfile: "gemspec" }, "the project itself"],
    ["ruby", "bundle install", { ...ruby, Gemfile: 'eval_gemfile "b"' }, "another file"],
    ["ruby", "bundle install", { ...ruby, Gemfile: 'gem "#{File.read("x")}"' }, "a program"],
    ["ruby", "bundle install", { ...ruby, ".bundle/config": "" }, "settings of its own"],
    [
      "php",
      "composer install",
      { ...php, "composer.json": '{"scripts":{"post-install-cmd":"x"}}' },
      "a script",
    ],
    [
      "php",
      "composer install",
      { ...php, "composer.json": '{"autoload":{"classmap":["a"]}}' },
      "a class map",
    ],
    [
      "php",
      "composer install",
      { ...php, "composer.json": '{"config":{"allow-plugins":{"a/b":true}}}' },
      "a plugin",
    ],
    ["php", "composer install -o", php, "a class map"],
    ["go", "go mod download", { "go.mod": "replace b => ../b\n" }, "a directory"],
    ["go", "go mod download", { ...go, "go.work": "" }, "a workspace"],
    ["java", "mvn dependency:go-offline", { "pom.xml": "<modules><module>a</module></modules>" }, "modules"],
    ["java", "mvn package", java, "the source"],
    ["dotnet", "dotnet restore", {}, "what nobody has looked into"],
  ])("%s: %s is not made one: %#", async (language, command, files, _why) => {
    expect(await findManifests(memoryTree(files), "", language, command)).toBeNull();
  });

  it("looks at the directories above", async () => {
    const below = { "web/package.json": "{}", "web/package-lock.json": "{}" };
    const manifests = ["package.json", "package-lock.json"];
    expect(await findManifests(memoryTree(below), "web", "nodejs", "npm ci")).toStrictEqual(manifests);
    const workspace = memoryTree({ ...below, "package.json": '{"workspaces":["web"]}' });
    expect(await findManifests(workspace, "web", "nodejs", "npm ci")).toBeNull();
  });

  it("is not made in a directory whose name means something to COPY, nor without a command", async () => {
    const tree = memoryTree({ "a[b]/package.json": "{}", ...node });
    expect(await findManifests(tree, "a[b]", "nodejs", "npm install")).toBeNull();
    expect(await findManifests(tree, "", "nodejs", undefined)).toBeNull();
  });

  it("is decided quickly whatever the files hold", MEASURED, async () => {
    const spentMs = countProcessorMs();
    const gemfile = `gem "a"${', "b"'.repeat(50_000)}!\ngem "a", group: [${":a,".repeat(80)}\n`;
    await findManifests(memoryTree({ ...ruby, Gemfile: gemfile }), "", "ruby", "bundle install");
    const spaces = requirements(`a${" ".repeat(50_000)}x\n`);
    await findManifests(memoryTree(spaces), "", "python", "pip install -r requirements.txt");
    await findManifests(memoryTree(node), "", "nodejs", `npm ci${" --prod".repeat(10_000)} x`);
    expect(spentMs()).toBeLessThan(1_000);
  });
});
