/**
 * What goes into the images of each runtime, as data. A recipe says how it is put together from what Debian 12 and npm
 * have; a runtime without one cannot be had on a machine that reaches no registry.
 */
import type { Language } from "../../domain/runtime.ts";

export interface Recipe {
  /** The beginning of the version that comes out: all of it where Debian keeps it for the whole release. */
  readonly version: string;
  /** Debian's packages needed to run what was built. */
  readonly runPackages: readonly string[];
  /** Beside those and the tools: Debian's packages needed to build. */
  readonly buildPackages: readonly string[];
  /** From npm's registry. */
  readonly node: NodeRecipe | null;
  /** Shell lines for both images, after the packages. */
  readonly setup: readonly string[];
  /** What the image starts when nothing else is said. */
  readonly command: readonly string[];
}

export interface NodeRecipe {
  readonly major: string;
  /** Package managers → the range of versions that runs on this Node. */
  readonly tools: Readonly<Record<NodeTool, string>>;
}

export type NodeTool = "npm" | "yarn" | "pnpm";

/** Holds for a language wherever its image comes from. */
export interface LanguageFacts {
  readonly environment: Readonly<Record<string, string>>;
  /** Shell command that prints the version; runs in the build image. */
  readonly versionCommand: string;
  /** Lines of a Dockerfile that give a public build image what App Runner's has and it lacks. */
  readonly publicAdditions: readonly string[];
}

/** Command → its file in the package. */
export const nodeCommands: Readonly<Record<NodeTool, Readonly<Record<string, string>>>> = {
  npm: { npm: "bin/npm-cli.js", npx: "bin/npx-cli.js" },
  yarn: { yarn: "bin/yarn.js", yarnpkg: "bin/yarn.js" },
  pnpm: { pnpm: "bin/pnpm.cjs", pnpx: "bin/pnpx.cjs" },
};

/** What builds of any language use: native parts of packages, archives, dependencies straight from Git. */
export const buildTools = ["curl", "g++", "gcc", "git", "libc6-dev", "make", "python3", "unzip"] as const;

export const languageFacts: Readonly<Record<Language, LanguageFacts>> = {
  nodejs: {
    // Native parts of packages are compiled against the headers beside the binary; nothing is downloaded for them.
    environment: { npm_config_nodedir: "/usr/local", npm_config_update_notifier: "false" },
    versionCommand: "node -p process.versions.node",
    publicAdditions: [],
  },
  python: {
    environment: { PYTHONUNBUFFERED: "1", PIP_NO_INPUT: "1", PIP_ROOT_USER_ACTION: "ignore" },
    versionCommand: "python3 -c 'import platform; print(platform.python_version())'",
    publicAdditions: [],
  },
  go: { environment: {}, versionCommand: "go env GOVERSION | sed 's/^go//'", publicAdditions: [] },
  java: {
    environment: {},
    // 17.0.21+9 is update 21, build 9; so is 1.8.0_472-b08 update 472, build 8.
    versionCommand:
      "java -XshowSettings:properties -version 2>&1" +
      " | sed -nE 's/.*java.runtime.version = (1[.])?([0-9._]+)[+-]b?([0-9]+).*/\\2.\\3/p'" +
      " | sed 's/^8[.]0_/8./'",
    publicAdditions: [],
  },
  php: {
    environment: { COMPOSER_ALLOW_SUPERUSER: "1", COMPOSER_NO_INTERACTION: "1" },
    versionCommand: "php -r 'echo PHP_VERSION;'",
    publicAdditions: [
      "RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends git unzip && rm -rf /var/lib/apt/lists/*",
      "COPY --from=composer:2.8.12 /usr/bin/composer /usr/local/bin/composer",
    ],
  },
  ruby: {
    environment: { BUNDLE_SILENCE_ROOT_WARNING: "1" },
    versionCommand: "ruby -e 'print RUBY_VERSION'",
    publicAdditions: [],
  },
  dotnet: {
    environment: { DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_NOLOGO: "1" },
    versionCommand: "dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \\([^ ]*\\) .*/\\1/p'",
    publicAdditions: [],
  },
};

/** Wire name of the runtime → recipe. */
export const recipes: Readonly<Record<string, Recipe>> = {
  NODEJS_12: node({ major: "12", tools: { npm: "6", yarn: "1", pnpm: "6" } }),
  NODEJS_14: node({ major: "14", tools: { npm: "6", yarn: "1", pnpm: "7" } }),
  NODEJS_16: node({ major: "16", tools: { npm: "8", yarn: "1", pnpm: "8" } }),
  NODEJS_18: node({ major: "18", tools: { npm: "10", yarn: "1", pnpm: "10" } }),
  NODEJS_20: node({ major: "20", tools: { npm: "10", yarn: "1", pnpm: "10" } }),
  NODEJS_22: node({ major: "22", tools: { npm: "10", yarn: "1", pnpm: "10" } }),
  NODEJS_24: node({ major: "24", tools: { npm: "11", yarn: "1", pnpm: "10" } }),
  PYTHON_311: {
    version: "3.11.2",
    runPackages: ["python3", "python3-pip", "python3-venv", "python-is-python3"],
    buildPackages: ["python3-dev", "libffi-dev", "libssl-dev"],
    node: null,
    // The image is the environment: Debian's refusal to install beside its own packages does not apply.
    setup: ["rm -f /usr/lib/python3.*/EXTERNALLY-MANAGED"],
    command: ["python3"],
  },
  GO_1: {
    version: "1.19.8",
    runPackages: [],
    buildPackages: ["golang-go"],
    node: null,
    setup: [],
    command: ["/bin/sh"],
  },
  CORRETTO_17: {
    version: "17",
    runPackages: ["openjdk-17-jre-headless"],
    buildPackages: ["openjdk-17-jdk-headless", "maven"],
    node: null,
    setup: [],
    command: ["/bin/sh"],
  },
  PHP_82: {
    version: "8.2",
    runPackages: [
      "bcmath",
      "cli",
      "curl",
      "gd",
      "intl",
      "mbstring",
      "mysql",
      "opcache",
      "pgsql",
      "sqlite3",
      "xml",
      "zip",
    ].map((extension) => `php8.2-${extension}`),
    buildPackages: ["composer"],
    node: null,
    setup: [],
    command: ["php", "-a"],
  },
  RUBY_31: {
    version: "3.1.2",
    runPackages: ["ruby", "ruby-bundler"],
    buildPackages: ["ruby-dev", "libffi-dev", "libssl-dev", "libyaml-dev", "zlib1g-dev"],
    node: null,
    setup: [],
    command: ["irb"],
  },
};

function node(recipe: NodeRecipe): Recipe {
  return {
    version: recipe.major,
    runPackages: [],
    buildPackages: [],
    node: recipe,
    // The public images have this user too, and Dockerfiles step down to it.
    setup: ["useradd --uid 1000 --user-group --create-home --shell /bin/sh node"],
    command: ["node"],
  };
}
