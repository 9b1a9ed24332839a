/** A program of one file and nothing beside it that names its packages: it needs none. */
import { type Detector, runtimesInRange } from "./finding.ts";

const PYTHON_FILES = ["app.py", "main.py", "server.py"];
const NODE_FILES = ["server.js", "index.js", "app.js", "server.mjs", "index.mjs", "app.mjs"];

export const detectScript: Detector = async (directory) => {
  const file = await directory.firstOf([...PYTHON_FILES, ...NODE_FILES]);
  if (file === null) return null;
  const isPython = file.endsWith(".py");
  const fitting = isPython
    ? runtimesInRange("python", "PYTHON_311", null)
    : runtimesInRange("nodejs", "NODEJS_22", null);
  const runtime = directory.choose(fitting);
  if (runtime === null) return null;
  const start = `${isPython ? "python3" : "node"} ${file}`;
  return { runtime, build: null, start, environment: {}, what: `${file} alone, without packages` };
};
