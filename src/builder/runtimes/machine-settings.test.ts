import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { readMachineSettings, unknownCertificates } from "./machine-settings.ts";

const [first = "", second = "", third = ""] = rootCertificates;

test("only certificates that are not public roots are carried over, each once", () => {
  const bundle = [first, second, "# a comment", third, second].join("\n");
  expect(unknownCertificates(bundle, [first, third])).toEqual([`${second}\n`]);
});

test("what is no certificate is left out", () => {
  const broken = "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----";
  expect(unknownCertificates(broken, [])).toEqual([]);
});

test("credentials in the address of a registry stay on the machine", async () => {
  const settings = await readMachineSettings({
    PATH: process.env["PATH"],
    npm_config_registry: "https://user:secret@npm.example.com/",
    PIP_INDEX_URL: "https://pip.example.com/simple",
  });
  expect(settings).toEqual({
    certificates: [],
    npmRegistry: null,
    pipIndex: "https://pip.example.com/simple",
  });
});

test("npm's own setting is found", async () => {
  const environment = { PATH: process.env["PATH"], npm_config_registry: "https://npm.example.com/" };
  expect((await readMachineSettings(environment)).npmRegistry).toBe("https://npm.example.com/");
});

test("a machine without npm has no setting of it", async () => {
  expect((await readMachineSettings({ PATH: "/nowhere" })).npmRegistry).toBeNull();
});
