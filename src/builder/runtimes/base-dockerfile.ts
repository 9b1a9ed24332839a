/**
 * The Dockerfile of a runtime's images. Pure: the same recipe on the same machine gives the same text, whose hash is
 * part of the name of what comes out.
 */
import type { Language } from "../../domain/runtime.ts";
import type { Part } from "./base-image.ts";
import { buildTools, languageFacts, nodeCommands, type NodeTool, type Recipe } from "./recipe.ts";

/** Written in the build image: the language's version, then a package and its version in each line. */
export const FACTS_PATH = "/usr/share/slipway/facts";
/** Directories of the build context. */
export const contextPaths = { node: "node", modules: "modules", machine: "machine" } as const;

/** Where the machine's own certificates lie in the images, beside where the system looks for them. */
const CERTIFICATES_PATH = "/usr/local/share/slipway/certificates.pem";
const CERTIFICATE_DIRECTORY = "/usr/local/share/ca-certificates";
const SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
const MODULES_PATH = "/usr/local/lib/node_modules";
/** Lists and packages are fetched once for all images. */
const APT_CACHE =
  "--mount=type=cache,id=slipway-apt,target=/var/cache/apt,sharing=locked " +
  "--mount=type=cache,id=slipway-apt-lists,target=/var/lib/apt/lists,sharing=locked";

/** Files of this machine's settings by their path in the image, without the leading slash. */
export type MachineFiles = ReadonlyMap<string, string>;

export interface MachineSettings {
  /** PEM, one each. */
  readonly certificates: readonly string[];
  readonly npmRegistry: string | null;
  readonly pipIndex: string | null;
}

export function machineFiles({ certificates, npmRegistry, pipIndex }: MachineSettings): MachineFiles {
  const files = new Map<string, string>();
  for (const [index, pem] of certificates.entries())
    files.set(`${CERTIFICATE_DIRECTORY.slice(1)}/slipway-${index + 1}.crt`, pem);
  if (certificates.length > 0) files.set(CERTIFICATES_PATH.slice(1), certificates.join(""));
  if (npmRegistry !== null) files.set("usr/local/etc/npmrc", `registry=${npmRegistry}\n`);
  if (pipIndex !== null) files.set("etc/pip.conf", `[global]\nindex-url = ${pipIndex}\n`);
  return files;
}

/** Stages `build` and `run`. Compilers are the same for all languages: one layer serves all build images. */
export function debianDockerfile(
  image: string,
  language: Language,
  recipe: Recipe,
  machine: MachineFiles,
): string {
  const environment = environmentLine(language, machine);
  return toText([
    `FROM ${image} AS run`,
    ...machineLines(machine),
    ...trustLines(language, machine),
    ...installLines(recipe.runPackages),
    ...languageLines(recipe, "run"),
    ...environment,
    `FROM ${image} AS tools`,
    ...machineLines(machine),
    ...trustLines(language, machine),
    ...installLines(buildTools),
    "FROM tools AS build",
    ...installLines([...recipe.runPackages, ...recipe.buildPackages]),
    ...languageLines(recipe, "build"),
    ...environment,
    factsLine(language, ["libc6", "gcc", ...recipe.runPackages, ...recipe.buildPackages]),
  ]);
}

/** The same stages on images of a registry, which have the language and the compilers already. */
export function publicDockerfile(
  images: { readonly buildImage: string; readonly runImage: string },
  language: Language,
  machine: MachineFiles,
): string {
  const common = [
    ...machineLines(machine),
    ...trustLines(language, machine),
    ...environmentLine(language, machine),
  ];
  return toText([
    `FROM ${images.runImage} AS run`,
    ...common,
    `FROM ${images.buildImage} AS build`,
    ...common,
    ...languageFacts[language].publicAdditions,
    factsLine(language, []),
  ]);
}

function toText(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

function machineLines(machine: MachineFiles): readonly string[] {
  return ["WORKDIR /app", ...(machine.size === 0 ? [] : [`COPY ${contextPaths.machine}/ /`])];
}

function hasCertificates(machine: MachineFiles): boolean {
  return machine.has(CERTIFICATES_PATH.slice(1));
}

/** Slim public images may have no list of certificates at all. */
function trustLines(language: Language, machine: MachineFiles): readonly string[] {
  if (!hasCertificates(machine)) return [];
  const update =
    "if command -v update-ca-certificates > /dev/null; then update-ca-certificates > /dev/null; fi";
  return [`RUN ${update}`, ...(language === "java" ? [`RUN ${javaTrust}`] : [])];
}

/** Only where Java is there already: Debian's package takes the system's list over by itself. */
const javaTrust =
  "if command -v keytool > /dev/null; then " +
  `for file in ${CERTIFICATE_DIRECTORY}/slipway-*.crt; do ` +
  'keytool -importcert -noprompt -cacerts -storepass changeit -alias "$file" -file "$file"; done; fi';

/** The Java runtime's package wants a directory of manual pages; the base has none. */
function installLines(packages: readonly string[]): readonly string[] {
  if (packages.length === 0) return [];
  const commands = [
    "mkdir -p /usr/share/man/man1",
    "export DEBIAN_FRONTEND=noninteractive",
    "apt-get update -qq",
    `apt-get install -y -qq --no-install-recommends ${packages.join(" ")}`,
    "rm -rf /var/log/apt /var/log/*.log /var/cache/debconf/*-old",
  ];
  return [`RUN ${APT_CACHE} ${commands.join(" && ")}`];
}

function languageLines({ node, setup, command }: Recipe, part: Part): readonly string[] {
  return [
    ...(node === null ? [] : nodeLines(Object.keys(node.tools) as NodeTool[], part)),
    ...setup.map((line) => `RUN ${line}`),
    `CMD ${JSON.stringify(command)}`,
  ];
}

/** Headers are for compiling. */
function nodeLines(tools: readonly NodeTool[], part: Part): readonly string[] {
  const links = tools.flatMap((tool) =>
    Object.entries(nodeCommands[tool]).map(
      ([command, file]) => `ln -s ../lib/node_modules/${tool}/${file} /usr/local/bin/${command}`,
    ),
  );
  return [
    `COPY ${contextPaths.node}/bin/ /usr/local/bin/`,
    ...(part === "build" ? [`COPY ${contextPaths.node}/include/ /usr/local/include/`] : []),
    `COPY ${contextPaths.modules}/ ${MODULES_PATH}/`,
    `RUN ${links.join(" && ")}`,
  ];
}

function environmentLine(language: Language, machine: MachineFiles): readonly string[] {
  const variables = { ...languageFacts[language].environment, ...trustVariables(machine) };
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? [] : [`ENV ${pairs.join(" ")}`];
}

/** For programs that bring their own list of certificates. */
function trustVariables(machine: MachineFiles): Readonly<Record<string, string>> {
  if (!hasCertificates(machine)) return {};
  return {
    // Read beside Node's own list: the system's hundred and fifty would cost each start some milliseconds.
    NODE_EXTRA_CA_CERTS: CERTIFICATES_PATH,
    PIP_CERT: SYSTEM_BUNDLE,
    REQUESTS_CA_BUNDLE: SYSTEM_BUNDLE,
    SSL_CERT_FILE: SYSTEM_BUNDLE,
  };
}

function factsLine(language: Language, packages: readonly string[]): string {
  const list =
    packages.length === 0
      ? ""
      : ` echo; dpkg-query --show --showformat='\${Package}=\${Version}\\n' ${packages.join(" ")};`;
  const { versionCommand } = languageFacts[language];
  return `RUN mkdir -p /usr/share/slipway && { ${versionCommand};${list} } > ${FACTS_PATH}`;
}
