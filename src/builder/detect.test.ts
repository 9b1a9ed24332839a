import { describe, expect, it } from "vitest";
import { countProcessorMs, MEASURED } from "../../test/support/processor-time.ts";
import type { Runtime } from "../domain/runtime.ts";
import { detectSource } from "./detect.ts";
import { memoryTree } from "./testing/memory-tree.ts";

type Files = Readonly<Record<string, string>>;

const pkg = (fields: object): string => JSON.stringify(fields);
const started = { scripts: { start: "node ." } };

describe("detection", () => {
  it.each<[string, Files, string, string | null, string]>([
    ["npm", { "package.json": pkg(started), "package-lock.json": "" }, "NODEJS_22", "npm ci", "npm start"],
    ["no lock", { "package.json": pkg(started) }, "NODEJS_22", "npm install", "npm start"],
    [
      "yarn and a build",
      { "package.json": pkg({ scripts: { start: "x", build: "y" } }), "yarn.lock": "" },
      "NODEJS_22",
      "yarn install --frozen-lockfile && npm run build",
      "npm start",
    ],
    [
      "pnpm, by packageManager among two locks",
      {
        "package.json": pkg({ ...started, packageManager: "pnpm@10.1.0" }),
        "pnpm-lock.yaml": "",
        "package-lock.json": "",
      },
      "NODEJS_22",
      "pnpm install --frozen-lockfile",
      "npm start",
    ],
    [
      "engines",
      { "package.json": pkg({ ...started, engines: { node: ">=24" } }) },
      "NODEJS_24",
      "npm install",
      "npm start",
    ],
    [
      "engines of the past",
      { "package.json": pkg({ ...started, engines: { node: "18.x" } }) },
      "NODEJS_18",
      "npm install",
      "npm start",
    ],
    [
      ".nvmrc",
      { "package.json": pkg(started), ".nvmrc": "v20.11.0\n" },
      "NODEJS_20",
      "npm install",
      "npm start",
    ],
    [
      "main",
      { "package.json": pkg({ main: "lib/a.js" }), "lib/a.js": "" },
      "NODEJS_22",
      "npm install",
      "node lib/a.js",
    ],
    ["server.js", { "package.json": "{}", "server.js": "" }, "NODEJS_22", "npm install", "node server.js"],
    [
      "a Procfile",
      { "package.json": pkg(started), Procfile: "worker: x\r\nweb: node web.js -p $PORT \r\n" },
      "NODEJS_22",
      "npm install",
      "node web.js -p $PORT",
    ],
    [
      "Flask with gunicorn",
      { "requirements.txt": "Flask==3\ngunicorn\n", "app.py": "" },
      "PYTHON_311",
      "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      ". .venv/bin/activate && exec gunicorn app:app --bind 0.0.0.0:$PORT",
    ],
    [
      "FastAPI",
      {
        "requirements.txt": "fastapi>=0.1\nuvicorn[standard]\n",
        "main.py": "",
        ".python-version": "3.12.1\n",
      },
      "PYTHON_312",
      "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      ". .venv/bin/activate && exec uvicorn main:app --host 0.0.0.0 --port $PORT",
    ],
    [
      "Django",
      {
        "requirements.txt": "django\ngunicorn",
        "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')",
        "package.json": "{}",
      },
      "PYTHON_311",
      "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      ". .venv/bin/activate && exec gunicorn shop.wsgi --bind 0.0.0.0:$PORT",
    ],
    [
      "a project with its version",
      { "pyproject.toml": '[project]\nrequires-python = ">=3.13"\n', "main.py": "" },
      "PYTHON_313",
      "python3 -m venv .venv && .venv/bin/pip install .",
      ". .venv/bin/activate && exec python3 main.py",
    ],
    [
      "Python with a Procfile",
      { "requirements.txt": "", "app.py": "", Procfile: "web: gunicorn a:b" },
      "PYTHON_311",
      "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      ". .venv/bin/activate && gunicorn a:b",
    ],
    [
      "Go",
      { "go.mod": "module a", "main.go": "" },
      "GO_1",
      "CGO_ENABLED=0 go build -o bin/app .",
      "./bin/app",
    ],
    [
      "Go below cmd",
      { "go.mod": "", "cmd/web/main.go": "" },
      "GO_1",
      "CGO_ENABLED=0 go build -o bin/app ./cmd/web",
      "./bin/app",
    ],
    [
      "Rails",
      { Gemfile: 'ruby "3.3.1"\ngem "rails", "~> 7"\n', "package.json": pkg(started) },
      "RUBY_33",
      "BUNDLE_PATH=vendor/bundle bundle install",
      "bundle exec rails server -b 0.0.0.0 -p $PORT",
    ],
    [
      "Rack",
      { Gemfile: "gem 'puma'\n", "config.ru": "" },
      "RUBY_34",
      "BUNDLE_PATH=vendor/bundle bundle install",
      "bundle exec puma -b tcp://0.0.0.0:$PORT",
    ],
    [
      "Sinatra",
      { Gemfile: "gem 'sinatra'\n", "app.rb": "", ".ruby-version": "ruby-3.1.2" },
      "RUBY_31",
      "BUNDLE_PATH=vendor/bundle bundle install",
      "bundle exec ruby app.rb -o 0.0.0.0 -p $PORT",
    ],
    [
      "PHP",
      { "composer.json": "{}", "public/index.php": "" },
      "PHP_84",
      "composer install --no-dev --no-interaction",
      'php -S 0.0.0.0:$PORT -t public & trap "kill $!" TERM; wait',
    ],
    [
      "a PHP page",
      { "index.php": "" },
      "PHP_84",
      null,
      'php -S 0.0.0.0:$PORT -t . & trap "kill $!" TERM; wait',
    ],
    [
      ".NET",
      { "Shop.csproj": "<TargetFramework>net8.0</TargetFramework>" },
      "DOTNET_8",
      "dotnet publish -c Release -o out",
      "dotnet out/Shop.dll",
    ],
    ["a lone Python file", { "app.py": "" }, "PYTHON_311", null, "python3 app.py"],
    [
      "a lone Node file beside pages",
      { "server.js": "", "index.html": "" },
      "NODEJS_22",
      null,
      "node server.js",
    ],
    ["pages", { "index.html": "" }, "PYTHON_311", null, "python3 -m http.server $PORT"],
  ])("%s", async (_what, files, runtime, ...[build, start]) => {
    const { values, dockerfile, configurationSource } = await detectSource(memoryTree(files), "/");
    expect(values).toMatchObject({ runtime, buildCommand: build, startCommand: start, port: "8080" });
    expect(dockerfile).toBeNull();
    expect(configurationSource).toBe("API");
  });

  it.each([
    [
      { "pom.xml": "<java.version>17</java.version>", mvnw: "" },
      "CORRETTO_17",
      "sh ./mvnw -B -DskipTests package",
      "target/*.jar",
    ],
    [
      { "pom.xml": "<maven.compiler.target>1.8</maven.compiler.target>" },
      "CORRETTO_8",
      "mvn -B -DskipTests package",
      "target/*.jar",
    ],
    [
      { "build.gradle.kts": "JavaLanguageVersion.of(21)", gradlew: "" },
      "CORRETTO_21",
      "sh ./gradlew --no-daemon assemble",
      "build/libs/*.jar",
    ],
  ])("Java: %j", async (files, runtime, build, jar) => {
    const { values } = await detectSource(memoryTree(files), "/");
    expect(values).toMatchObject({ runtime, buildCommand: build, environment: { SERVER_PORT: "8080" } });
    expect(values?.startCommand).toContain(jar);
  });

  it("takes a runtime that can be had, unless the version that is asked for cannot", async () => {
    const canBeHad = ({ name }: Runtime) => name === "RUBY_31" || name === "CORRETTO_17";
    const detected = async (files: Readonly<Record<string, string>>) =>
      (await detectSource(memoryTree(files), "/", canBeHad)).values?.runtime;
    const rack = { "config.ru": "" };
    expect(await detected({ ...rack, Gemfile: 'gem "rack"' })).toBe("RUBY_31");
    expect(await detected({ ...rack, Gemfile: 'ruby "3.3.1"\ngem "rack"' })).toBe("RUBY_33");
    expect(await detected({ "pom.xml": "" })).toBe("CORRETTO_17");
    expect(await detected({ "pom.xml": "<java.version>21</java.version>" })).toBe("CORRETTO_21");
    expect(await detected({ "index.php": "" })).toBe("PHP_84");
  });

  it("takes no time for files that are made to take for ever", MEASURED, async () => {
    const spaces = " ".repeat(500_000);
    const hostile: readonly Files[] = [
      { "index.html": "", Procfile: `web: a${spaces}\u2028b` },
      { Gemfile: `${"\n".repeat(500_000)}x`, "app.rb": "" },
      { Gemfile: "", ".ruby-version": "1".repeat(500_000), "app.rb": "" },
      { "pom.xml": `<java.version>${spaces}x` },
      { "build.gradle": `JavaLanguageVersion.of(${spaces}`, gradlew: "" },
      { "a.csproj": `<TargetFramework>${spaces}x` },
      { "requirements.txt": `flask${spaces}`, "app.py": "", ".python-version": `3.1${spaces}x` },
      { "pyproject.toml": "requires-python =".repeat(30_000), "app.py": "" },
      { "package.json": "[".repeat(500_000), ".nvmrc": "1".repeat(500_000) },
    ];
    const spentMs = countProcessorMs();
    for (const files of hostile) await detectSource(memoryTree(files), "/").catch(() => undefined);
    expect(spentMs()).toBeLessThan(1_500);
  });

  it("takes what says it first: apprunner.yaml, then a Dockerfile, in the source directory", async () => {
    const written = "version: 1.0\nruntime: nodejs22\nrun:\n  command: node a.js\n";
    const files = { "web/Dockerfile": "", "web/package.json": pkg(started), "apprunner.yaml": written };
    const tree = memoryTree(files);
    expect(await detectSource(tree, "/")).toMatchObject({
      configurationSource: "REPOSITORY",
      dockerfile: null,
    });
    expect(await detectSource(tree, "/web")).toMatchObject({
      configurationSource: "REPOSITORY",
      values: null,
      dockerfile: { path: "Dockerfile" },
    });
  });

  it("refuses an apprunner.yaml that no build would take, in the words of the build", async () => {
    const files = { "web/apprunner.yaml": "version: 1.0\nruntime: nodejs22\nrun:\n  comand: node a.js\n" };
    await expect(detectSource(memoryTree(files), "/web")).rejects.toThrow(
      /^web\/apprunner\.yaml:4:3: run\.comand: /,
    );
  });

  it("says what it found and decided", async () => {
    const files = { "package.json": pkg({ ...started, engines: { node: "22" } }), "package-lock.json": "" };
    expect((await detectSource(memoryTree(files), "/")).sentences).toStrictEqual([
      "Found package.json with engines.node 22: runtime NODEJS_22, build `npm ci`, start `npm start`, port 8080.",
      "The application must listen on 0.0.0.0 and on the port that the variable PORT names.",
    ]);
  });

  it.each<[Files, string]>([
    [{}, "Looked for apprunner.yaml, Dockerfile, go.mod"],
    [{}, "name runtime and start command"],
    [{ "package.json": "{}" }, 'package.json has no script "start", and none of server.js'],
    [
      { "package.json": pkg({ ...started, engines: { node: ">=99" } }) },
      "no runtime has a Node that engines.node >=99 allows",
    ],
    [{ "package.json": "{" }, "package.json is not JSON"],
    [{ "package.json": pkg({ main: "a.js; rm -rf /" }), "a.js; rm -rf /": "" }, "none of server.js"],
    [{ "go.mod": "", "cmd/a/x.go": "", "cmd/b/x.go": "" }, "exactly one command under cmd"],
    [{ "build.gradle": "" }, "no gradlew; add the Gradle wrapper"],
    [{ "pom.xml": "<java.version>25</java.version>" }, "wants Java 25; the newest runtime is CORRETTO_21"],
    [{ "a.csproj": "", "b.csproj": "" }, "not exactly one project file"],
    [{ "composer.json": "{}" }, "neither public/index.php nor index.php"],
    [{ Gemfile: "" }, "neither config.ru nor app.rb"],
    [{ "requirements.txt": "", "package.json": "{}" }, "requirements.txt names no known framework"],
  ])("says of %j what is missing", async (files, message) => {
    await expect(detectSource(memoryTree(files), "/")).rejects.toThrow(message);
  });
});
