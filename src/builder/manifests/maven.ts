/** `mvn dependency:go-offline`, where the project is one module without files of its own among its dependencies. */
import { presentOf, type ManifestRule } from "./manifest-rule.ts";

const COMMAND =
  /^(?<tool>mvn|\.\/mvnw)(?: (?:-B|-q|-ntp|-U|--batch-mode|--no-transfer-progress|--quiet))* dependency:(?:go-offline|resolve)(?: (?:-B|-q|-ntp|-U|--batch-mode|--no-transfer-progress|--quiet))*$/;
const READS_MORE = /<modules>|<systemPath>|basedir|file:|<relativePath>\s*[^<\s]|<file>|<profile>/;
const SETTINGS = [".mvn/extensions.xml", ".mvn/jvm.config", ".mvn/maven.config"];
const WRAPPER = ["mvnw", ".mvn/wrapper/maven-wrapper.jar", ".mvn/wrapper/maven-wrapper.properties"];

export const mavenManifests: ManifestRule = async (command, directory) => {
  const tool = COMMAND.exec(command)?.groups?.["tool"];
  const project = tool === undefined ? null : await directory.read("pom.xml");
  if (project === null || READS_MORE.test(project) || (await directory.hasAbove("pom.xml"))) return null;
  // What a directory above configures holds here too.
  if (await directory.hasAbove(".mvn")) return null;
  const others = await presentOf(directory, [...SETTINGS, ...(tool === "mvn" ? [] : WRAPPER)]);
  return ["pom.xml", ...others];
};
