/** `go mod download`, where no module is replaced by a directory. */
import { hasAny, presentOf, type ManifestRule } from "./manifest-rule.ts";

export const goManifests: ManifestRule = async (command, directory) => {
  if (!/^go mod download(?: -x)?$/.test(command)) return null;
  if ((await hasAny(directory, ["vendor", "go.work"])) || (await directory.hasAbove("go.work"))) return null;
  const module = await directory.read("go.mod");
  if (module === null || /=>\s*["`]?(?:\.|\/)/.test(module)) return null;
  return ["go.mod", ...(await presentOf(directory, ["go.sum"]))];
};
