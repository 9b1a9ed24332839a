/** `composer install`, where no script or plugin runs and no class map is made of the source. */
import { asObject, hasAny, parseObject, type ManifestRule } from "./manifest-rule.ts";

const COMMAND =
  /^composer install(?: --(?:no-dev|no-interaction|prefer-dist|no-progress|no-scripts|no-plugins|quiet|no-ansi)| -[nq])*$/;
const OBSTACLES = ["vendor", "auth.json", "symfony.lock", "composer.local.json"];

export const composerManifests: ManifestRule = async (command, directory) => {
  if (!COMMAND.test(command) || (await hasAny(directory, OBSTACLES))) return null;
  const manifest = parseObject(await directory.read("composer.json"));
  const lock = await directory.read("composer.lock");
  if (manifest === null || lock === null || /"type": *"path"/.test(lock)) return null;
  return isSelfContained(manifest) ? ["composer.json", "composer.lock"] : null;
};

function isSelfContained(manifest: Readonly<Record<string, unknown>>): boolean {
  const config = asObject(manifest["config"]) ?? {};
  const loaders = [asObject(manifest["autoload"]) ?? {}, asObject(manifest["autoload-dev"]) ?? {}];
  const plugins = config["allow-plugins"];
  const hasPlugins =
    plugins === true || Object.values(asObject(plugins) ?? {}).some((value) => value === true);
  const reads = ["optimize-autoloader", "classmap-authoritative", "apcu-autoloader", "vendor-dir"];
  return (
    !["scripts", "repositories"].some((key) => key in manifest) &&
    !reads.some((key) => key in config) &&
    !loaders.some((loader) => "classmap" in loader) &&
    !hasPlugins
  );
}
