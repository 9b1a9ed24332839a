import { expect, test } from "vitest";
import { debianDockerfile, machineFiles, publicDockerfile } from "./base-dockerfile.ts";
import { recipes } from "./recipe.ts";

const bare = machineFiles({ certificates: [], npmRegistry: null, pipIndex: null });
const behindProxy = machineFiles({ certificates: ["one\n", "two\n"], npmRegistry: null, pipIndex: null });

const linesFrom = (text: string, start: string) => {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith(start));
  const to = lines.findIndex((line, index) => index > from && line.startsWith("FROM"));
  return lines.slice(from, to === -1 ? undefined : to);
};

test("all build images share the layer of the compilers", () => {
  const python = debianDockerfile("base:1", "python", recipes["PYTHON_311"]!, bare);
  const java = debianDockerfile("base:1", "java", recipes["CORRETTO_17"]!, bare);
  expect(linesFrom(python, "FROM base:1 AS tools")).toEqual(linesFrom(java, "FROM base:1 AS tools"));
});

test("the run image has no compiler and no headers", () => {
  for (const name of ["NODEJS_22", "PYTHON_311", "CORRETTO_17", "PHP_82"]) {
    const run = linesFrom(
      debianDockerfile("base:1", "nodejs", recipes[name]!, bare),
      "FROM base:1 AS run",
    ).join("\n");
    expect(run).not.toMatch(/gcc|-dev|-jdk|include/);
  }
});

test("certificates of the machine are known to the system, and to programs with a list of their own", () => {
  expect([...behindProxy]).toEqual([
    ["usr/local/share/ca-certificates/slipway-1.crt", "one\n"],
    ["usr/local/share/ca-certificates/slipway-2.crt", "two\n"],
    ["usr/local/share/slipway/certificates.pem", "one\ntwo\n"],
  ]);
  const text = publicDockerfile({ buildImage: "b", runImage: "r" }, "nodejs", behindProxy);
  expect(text).toContain("COPY machine/ /");
  expect(text).toContain("update-ca-certificates");
  expect(text).toContain('NODE_EXTRA_CA_CERTS="/usr/local/share/slipway/certificates.pem"');
});

test("a machine without settings of its own adds nothing", () => {
  const text = publicDockerfile({ buildImage: "b", runImage: "r" }, "go", bare);
  expect(text).toBe(
    [
      "FROM r AS run",
      "WORKDIR /app",
      "FROM b AS build",
      "WORKDIR /app",
      "RUN mkdir -p /usr/share/slipway && { go env GOVERSION | sed 's/^go//'; } > /usr/share/slipway/facts",
      "",
    ].join("\n"),
  );
});

test("registries of npm and pip are written where a project's own settings still win", () => {
  const files = machineFiles({
    certificates: [],
    npmRegistry: "https://npm.example.com/",
    pipIndex: "https://pip.example.com/simple",
  });
  expect(files.get("usr/local/etc/npmrc")).toBe("registry=https://npm.example.com/\n");
  expect(files.get("etc/pip.conf")).toBe("[global]\nindex-url = https://pip.example.com/simple\n");
});
