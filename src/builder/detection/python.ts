/** requirements.txt, pyproject.toml, Pipfile. Packages go to `.venv` in `/app`, which is all that reaches the run image. */
import { type Detector, isPlainWord, runtimesInRange, type SourceDirectory } from "./finding.ts";

const PREFERRED = "PYTHON_311";
const ACTIVATE = ". .venv/bin/activate && ";
const MAKE_ENVIRONMENT = "python3 -m venv .venv && ";
const MAIN_FILES = ["app.py", "main.py", "server.py", "wsgi.py"];
const INSTALLS = [
  { file: "requirements.txt", command: ".venv/bin/pip install -r requirements.txt" },
  { file: "Pipfile", command: `${ACTIVATE}pip install pipenv && pipenv install --deploy` },
  { file: "pyproject.toml", command: ".venv/bin/pip install ." },
] as const;

export const detectPython: Detector = async (directory) => {
  const found = await directory.firstOf(INSTALLS.map(({ file }) => file));
  const install = INSTALLS.find(({ file }) => file === found);
  if (install === undefined) return null;
  const packages = ((await directory.read(install.file)) ?? "").toLowerCase();
  const start = await startCommand(directory, packages);
  if (start === null)
    return `${install.file} names no known framework, and none of ${MAIN_FILES.join(", ")} is there`;
  const range = await wantedPython(directory);
  const runtime = directory.choose(runtimesInRange("python", PREFERRED, range));
  if (runtime === null) return `no runtime has Python ${range}`;
  return {
    runtime,
    build: `${MAKE_ENVIRONMENT}${install.command}`,
    start: `${ACTIVATE}exec ${start.command}`,
    startPrefix: ACTIVATE,
    environment: {},
    what: `${install.file}${start.framework === null ? "" : ` with ${start.framework}`}`,
  };
};

interface Start {
  readonly command: string;
  readonly framework: string | null;
}

async function startCommand(directory: SourceDirectory, packages: string): Promise<Start | null> {
  const has = (name: string): boolean => new RegExp(`(?:^|[^\\w.-])${name}(?![\\w-])`, "m").test(packages);
  if (has("django") && (await directory.has("manage.py"))) {
    return { framework: "Django", command: await djangoCommand(directory, has("gunicorn")) };
  }
  const file = await directory.firstOf(MAIN_FILES);
  if (file === null) return null;
  const module = file.replace(/\.py$/, "");
  if (has("fastapi") && (has("uvicorn") || has("fastapi\\[standard\\]"))) {
    return { framework: "FastAPI", command: `uvicorn ${module}:app --host 0.0.0.0 --port $PORT` };
  }
  if (has("flask")) {
    const command = has("gunicorn")
      ? `gunicorn ${module}:app --bind 0.0.0.0:$PORT`
      : `flask --app ${module} run --host 0.0.0.0 --port $PORT`;
    return { framework: "Flask", command };
  }
  return { framework: null, command: `python3 ${file}` };
}

async function djangoCommand(directory: SourceDirectory, hasGunicorn: boolean): Promise<string> {
  const settings = /DJANGO_SETTINGS_MODULE["'],\s*["']([\w.]+)\.settings/.exec(
    (await directory.read("manage.py")) ?? "",
  )?.[1];
  if (hasGunicorn && settings !== undefined && isPlainWord(settings)) {
    return `gunicorn ${settings}.wsgi --bind 0.0.0.0:$PORT`;
  }
  return "python3 manage.py runserver 0.0.0.0:$PORT --noreload";
}

async function wantedPython(directory: SourceDirectory): Promise<string | null> {
  const file = (await directory.read(".python-version")) ?? (await directory.read("runtime.txt")) ?? "";
  const [, version] = /^(?:python-)?(\d+\.\d+)(?:\.\d+)?\s*$/m.exec(file) ?? [];
  if (version !== undefined) return version;
  const project = (await directory.read("pyproject.toml")) ?? "";
  const [, range] = /^requires-python\s*=\s*["']([^"'\n]+)["']/m.exec(project) ?? [];
  return range?.replaceAll(/~=/g, "^").replaceAll(",", " ") ?? null;
}
