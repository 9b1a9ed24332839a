/** What is deployed was signed, looked at and written down, or is not deployed; what was once, can be gone back to. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartDeploymentCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pushSignature } from "../../src/supply/cosign.test-support.ts";
import { clearUp } from "../support/clear-up.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { Registry } from "../support/registry.ts";
import { createService, describeOperation, listOperations, sdk, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

/** The operator's check: refuses one service, and wants to know what is in the image. */
const CHECK = `
  const { ServiceName, Sbom } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  if (Sbom?.bomFormat !== "CycloneDX") process.exit(3);
  if (ServiceName === "forbidden") { console.log("it has CVE-2026-0001"); process.exit(1); }
`;

const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
let slipway: Installation;
let images: TestImages;
let registry: Registry;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "slipway-supply-"));
  images = await buildTestImages();
  registry = await Registry.start(join(directory, "registry"));
  writeFileSync(join(directory, "cosign.pub"), key.publicKey.export({ type: "spki", format: "pem" }));
  slipway = await Installation.create({
    env: {
      SLIPWAY_IMAGE_CHECK_COMMAND: JSON.stringify([process.execPath, "-e", CHECK]),
      SLIPWAY_GVISOR_RUNTIME: "not-there",
    },
  });
  const settings = { signatureKeys: { ours: join(directory, "cosign.pub") } };
  writeFileSync(join(slipway.stateDirectory, "settings.json"), JSON.stringify(settings));
  await slipway.start();
});

afterAll(async () => {
  await clearUp(
    () => slipway.remove(),
    () => registry.stop(),
    () => images.remove(),
    () => rmSync(directory, { recursive: true, force: true }),
  );
});

const image = (tag: string) => `${registry.host}/team/app:${tag}`;
const repository = () => `http://${registry.host}/v2/team/app`;

/** Pushes an image under this tag; returns its digest. */
async function push(tag: string, version: string): Promise<string> {
  await registry.push(image(tag), images.app, version);
  const accept = "application/vnd.docker.distribution.manifest.v2+json";
  const answer = await fetch(`${repository()}/manifests/${tag}`, { method: "HEAD", headers: { accept } });
  return answer.headers.get("docker-content-digest") ?? "";
}

/** How the newest operation ended, once it has. */
async function outcome(arn: string) {
  const [newest] = await listOperations(slipway, arn);
  return await waitFor(
    async () => {
      const operation = await describeOperation(slipway, arn, newest?.Id ?? "");
      return operation.EndedAt !== undefined && operation;
    },
    { what: "an operation's end", timeoutMs: 60_000 },
  );
}

async function deploy(arn: string) {
  await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: arn }));
  const ended = await outcome(arn);
  await waitForStatus(slipway, arn, "RUNNING");
  return ended;
}

const tag = async (arn: string, name: string, value: string) =>
  await sdk(slipway).send(
    new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: `slipway:${name}`, Value: value }] }),
  );

it("a signed image is deployed, an unsigned one is not, and going back needs no registry", async () => {
  const digest = await push("1", "signed");
  await pushSignature(repository(), { imageDigest: digest, key: key.privateKey });
  const tags = { "slipway:verify-signature": "ours" };
  const { ServiceArn: arn, ServiceUrl: url } = await createService(slipway, {
    name: "checked",
    image: image("1"),
    tags,
  });
  await waitForStatus(slipway, arn, "RUNNING");
  const version = async () => (await slipway.fetch(url)).body.split(" ")[0];
  expect(await version()).toBe("signed");

  const bill = await slipway.slipway(["sbom", "checked"]);
  expect(JSON.parse(bill)).toMatchObject({
    bomFormat: "CycloneDX",
    metadata: { component: { name: `${registry.host}/team/app@${digest}` } },
  });

  const unsigned = await push("1", "unsigned");
  expect(await deploy(arn)).toMatchObject({
    Cause: {
      Class: "refused",
      Message: expect.stringContaining(`@${unsigned} bears no signature of the key ours`) as string,
    },
  });
  expect(await version()).toBe("signed");

  await tag(arn, "sandbox", "gvisor");
  await pushSignature(repository(), { imageDigest: unsigned, key: key.privateKey });
  expect(await deploy(arn)).toMatchObject({
    Cause: { Class: "start", Message: expect.stringContaining("The engine has no gVisor") as string },
  });
  await sdk(slipway).send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ["slipway:sandbox"] }));

  expect((await deploy(arn)).Cause).toBeUndefined();
  expect(await version()).toBe("unsigned");
  await registry.stop();
  await slipway.slipway(["rollback", "checked"]);
  expect(await version()).toBe("signed");
  await registry.restart(null);
});

it("the operator's check refuses with its own reason", async () => {
  await push("2", "weak");
  const { ServiceArn: arn } = await createService(slipway, { name: "forbidden", image: image("2") });
  await waitForStatus(slipway, arn, "CREATE_FAILED");
  expect(await outcome(arn)).toMatchObject({
    Cause: { Class: "refused", Message: "The check of images refused it: it has CVE-2026-0001." },
  });
});
