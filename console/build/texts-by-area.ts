/**
 * All texts of the console stand in one file, for who translates it; yet a page shall bring along its own alone. So when the
 * console is built, each export of `texts.ts` becomes a module:
 *
 *     import { logs as texts, shared } from "../texts.ts";
 *
 * is read as imports of `../texts.ts?logs` and `../texts.ts?shared`, and `texts.ts?logs` is the file with `logs` as its only
 * export: the rest falls away as unused code does. Development and tests read the file as it stands.
 */
import type { Plugin } from "vite";

const IMPORT = /^import \{([^}]*)\} from "([./]+\/texts\.ts)";$/gm;
const EXPORT = /^export const (\w+)/gm;
const AREA = /\/texts\.ts\?(\w+)$/;

export function textsByArea(): Plugin {
  return {
    name: "texts-by-area",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      const area = AREA.exec(id)?.[1];
      return area === undefined ? importByArea(code) : exportOnly(area, code);
    },
  };
}

export function importByArea(code: string): string {
  return code.replaceAll(IMPORT, (_, names: string, path: string) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => `import { ${name} } from "${path}?${name.split(" ", 1)[0]}";`)
      .join(" "),
  );
}

export function exportOnly(area: string, code: string): string {
  return code.replaceAll(EXPORT, (found, name: string) => (name === area ? found : `const ${name}`));
}
