/** Go, Java, .NET, Ruby, PHP and plain pages. */
import {
  type Detector,
  type Finding,
  isPlainWord,
  runtimesInRange,
  runtimeNamed,
  type SourceDirectory,
} from "./finding.ts";
import type { Runtime } from "../../domain/runtime.ts";

export const detectGo: Detector = async (directory) => {
  const module = await directory.read("go.mod");
  if (module === null) return null;
  const hasMain = (await directory.list()).some((name) => name.endsWith(".go") && !name.endsWith("_test.go"));
  const commands = await directory.list("cmd");
  const only = commands.find(isPlainWord);
  if (!hasMain && (commands.length !== 1 || only === undefined)) {
    return "go.mod is there, but neither a .go file beside it nor exactly one command under cmd";
  }
  return {
    runtime: runtimeNamed("GO_1"),
    build: `CGO_ENABLED=0 go build -o bin/app ${hasMain ? "." : `./cmd/${only}`}`,
    start: "./bin/app",
    environment: {},
    what: "go.mod",
  };
};

/** Spring Boot does not look at PORT. */
const SPRING = { SERVER_PORT: "8080" };

export const detectJava: Detector = async (directory) => {
  const project = await directory.read("pom.xml");
  if (project !== null) {
    const tool = (await directory.has("mvnw")) ? "sh ./mvnw" : "mvn";
    const [, release] =
      /<(?:java\.version|maven\.compiler\.(?:release|target))>\s*(?:1\.)?(\d{1,2})</.exec(project) ?? [];
    return java(directory, release, {
      file: "pom.xml",
      build: `${tool} -B -DskipTests package`,
      output: "target",
    });
  }
  const file = await directory.firstOf(["build.gradle.kts", "build.gradle"]);
  if (file === null) return null;
  if (!(await directory.has("gradlew"))) return `${file} is there, but no gradlew; add the Gradle wrapper`;
  const script = (await directory.read(file)) ?? "";
  const [, release] =
    /(?:JavaLanguageVersion\.of\(|JavaVersion\.VERSION_(?:1_)?)(\d{1,2})/.exec(script) ?? [];
  return java(directory, release, {
    file,
    build: "sh ./gradlew --no-daemon assemble",
    output: "build/libs",
  });
};

interface JavaProject {
  readonly file: string;
  readonly build: string;
  /** Directory of the jars it builds. */
  readonly output: string;
}

function java(
  source: SourceDirectory,
  release: string | undefined,
  { file, build, output }: JavaProject,
): Finding | string {
  const runtime = source.choose(javaRuntimes(release));
  if (runtime === null) return `${file} wants Java ${release}; the newest runtime is CORRETTO_21`;
  const jar = `$(ls ${output}/*.jar | grep -v -e -plain.jar -e -sources.jar -e -javadoc.jar | head -n 1)`;
  return {
    runtime,
    build,
    start: `exec java -jar "${jar}"`,
    environment: SPRING,
    what: release === undefined ? file : `${file} for Java ${release}`,
  };
}

/** The oldest that can run the release; without one the newest first. */
function javaRuntimes(release: string | undefined): readonly Runtime[] {
  const releases = release === undefined ? [21, 17, 11, 8] : [8, 11, 17, 21];
  return releases
    .filter((one) => release === undefined || one >= Number(release))
    .map((one) => runtimeNamed(`CORRETTO_${one}`));
}

export const detectDotnet: Detector = async (directory) => {
  const projects = (await directory.list()).filter((name) => name.endsWith(".csproj"));
  const [project] = projects;
  if (project === undefined) return null;
  const name = project.replace(/\.csproj$/, "");
  if (projects.length > 1 || !isPlainWord(name))
    return "not exactly one project file (.csproj) with a plain name";
  const [, release] = /<TargetFramework>\s*net(\d+)\./.exec((await directory.read(project)) ?? "") ?? [];
  if (release !== undefined && !["6", "8"].includes(release)) {
    return `${project} is for .NET ${release}; the runtimes are DOTNET_6 and DOTNET_8`;
  }
  return {
    runtime: runtimeNamed(`DOTNET_${release ?? "8"}`),
    build: "dotnet publish -c Release -o out",
    start: `dotnet out/${name}.dll`,
    environment: { ASPNETCORE_URLS: "http://+:8080" },
    what: project,
  };
};

export const detectRuby: Detector = async (directory) => {
  const gemfile = await directory.read("Gemfile");
  if (gemfile === null) return null;
  const written =
    /^[ \t]*ruby[ \t]+["']([^"']+)["']/m.exec(gemfile)?.[1] ?? (await directory.read(".ruby-version"));
  const [, wanted] = /(?<!\d)(\d{1,3}\.\d{1,3})/.exec(written ?? "") ?? [];
  const runtime = directory.choose(runtimesInRange("ruby", "RUBY_34", wanted ?? null));
  if (runtime === null) return `no runtime has Ruby ${wanted}`;
  const start = await rubyStart(directory, (gem) =>
    new RegExp(`^[ \\t]*gem[ \\t]+["']${gem}["']`, "m").test(gemfile),
  );
  if (start === null) return "Gemfile is there, but neither config.ru nor app.rb, server.rb or main.rb";
  return {
    runtime,
    build: "BUNDLE_PATH=vendor/bundle bundle install",
    start: start.command,
    // Beside the application, because only that directory reaches the run image.
    environment: { BUNDLE_PATH: "vendor/bundle", ...start.environment },
    what: start.what,
  };
};

async function rubyStart(directory: SourceDirectory, has: (gem: string) => boolean) {
  if (has("rails")) {
    return {
      what: "Gemfile with Rails",
      command: "bundle exec rails server -b 0.0.0.0 -p $PORT",
      environment: { RAILS_ENV: "production", RAILS_LOG_TO_STDOUT: "1", RAILS_SERVE_STATIC_FILES: "1" },
    };
  }
  if (await directory.has("config.ru")) {
    const command = has("puma")
      ? "bundle exec puma -b tcp://0.0.0.0:$PORT"
      : "bundle exec rackup -o 0.0.0.0 -p $PORT";
    return { what: "Gemfile and config.ru", command, environment: {} };
  }
  const file = await directory.firstOf(["app.rb", "server.rb", "main.rb"]);
  if (file === null) return null;
  const options = has("sinatra") ? " -o 0.0.0.0 -p $PORT" : "";
  return {
    what: has("sinatra") ? "Gemfile with Sinatra" : "Gemfile",
    command: `bundle exec ruby ${file}${options}`,
    environment: {},
  };
}

export const detectPhp: Detector = async (directory) => {
  const hasComposer = await directory.has("composer.json");
  const page = await directory.firstOf(["public/index.php", "index.php"]);
  if (page === null)
    return hasComposer ? "composer.json is there, but neither public/index.php nor index.php" : null;
  const runtime = directory.choose(runtimesInRange("php", "PHP_84", null)) ?? runtimeNamed("PHP_84");
  return {
    runtime,
    build: hasComposer ? "composer install --no-dev --no-interaction" : null,
    // As the first process of a container PHP's server would not hear SIGTERM.
    start: `php -S 0.0.0.0:$PORT -t ${page === "index.php" ? "." : "public"} & trap "kill $!" TERM; wait`,
    environment: {},
    what: hasComposer ? `composer.json and ${page}` : page,
  };
};

export const detectPages: Detector = async (directory) => {
  if (!(await directory.has("index.html"))) return null;
  return {
    runtime: runtimeNamed("PYTHON_311"),
    build: null,
    start: "python3 -m http.server $PORT",
    environment: {},
    what: "index.html and nothing to run",
  };
};
