import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ImagePullError, type ResolvedImage } from "../ports/container-engine.ts";
import type { ImageWish } from "../ports/image-inspector.ts";
import type { RegistryDirectory } from "../ports/registry-directory.ts";
import { EngineImageInspector } from "./image-inspector.ts";

const CONFIG = `sha256:${"a".repeat(64)}`;

const BASIC = `Basic ${Buffer.from("u:p").toString("base64")}`;
const OWN_ROLE = "arn:aws:iam::000000000000:role/deploy";
const OTHER_ROLE = "arn:aws:iam::000000000000:role/other";
const INDEX = "application/vnd.oci.image.index.v1+json";

let server: Server;
let answers: Record<string, string>;
let local: ResolvedImage | null;
let isPrivate: boolean;

beforeEach(async () => {
  local = null;
  isPrivate = false;
  answers = {};
  server = createServer(({ url = "", headers }, response) => {
    if (isPrivate && headers.authorization !== BASIC) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
      return;
    }
    const answer = answers[url];
    // As registries do.
    const isTaken = answer?.includes(INDEX) !== true || headers.accept?.includes(INDEX) === true;
    const body = isTaken ? answer : undefined;
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function inspector() {
  const engine = {
    findImage: () => Promise.resolve(local),
    listImages: () => Promise.resolve([]),
    facts: () =>
      Promise.resolve({
        name: "host",
        version: "1",
        apiVersion: "1.52",
        system: "Linux",
        kernel: "6.1",
        labels: [],
        cpuCount: 2,
        memoryMiB: 4_096,
        architecture: "amd64",
      }),
  };
  const locate: RegistryDirectory["locate"] = (image, accessRoleArn) => {
    if (accessRoleArn === OTHER_ROLE) throw new ImagePullError("role", "the access role has no credentials");
    return { image, ...(accessRoleArn !== null && { credentials: { username: "u", password: "p" } }) };
  };
  return new EngineImageInspector(engine, { locate }, { configured: new Set<string>(), closedPorts: [] });
}

function wishOf(accessRoleArn: string | null = null): ImageWish {
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { image: { registry, repository: "team/app", tag: "1" }, accessRoleArn };
}

const signal = () => AbortSignal.timeout(5_000);
const inspect = (accessRoleArn?: string) => inspector().inspect(wishOf(accessRoleArn), signal());
const tags = (accessRoleArn?: string) => inspector().tagsOf(wishOf(accessRoleArn), signal());

test("an image of this machine needs no registry", async () => {
  local = { imageId: "sha256:1", digest: null, architecture: "amd64", exposedPorts: [8080], sizeBytes: 7 };
  expect(await inspect()).toMatchObject({ place: "machine", exposedPorts: [8080], sizeBytes: 7 });
});

test("one of a registry tells its ports without being pulled", async () => {
  answers["/v2/team/app/manifests/1"] = JSON.stringify({ config: { digest: CONFIG } });
  answers[`/v2/team/app/blobs/${CONFIG}`] = JSON.stringify({
    architecture: "arm64",
    config: { ExposedPorts: { "3000/tcp": {}, "53/udp": {}, "70000/tcp": {}, nonsense: {} } },
  });
  expect(await inspect()).toEqual({
    place: "registry",
    digest: null,
    architecture: "arm64",
    exposedPorts: [3000],
    sizeBytes: null,
  });
});

test("of an image for several architectures this machine's counts", async () => {
  const entry = (os: string, architecture: string, letter: string) => ({
    digest: `sha256:${letter.repeat(64)}`,
    platform: { os, architecture },
  });
  const index = (...manifests: readonly object[]) => JSON.stringify({ mediaType: INDEX, manifests });
  const others = [
    entry("linux", "arm64", "c"),
    entry("unknown", "unknown", "d"),
    entry("windows", "amd64", "e"),
    entry("linux", "\u001b[2Jamd64", "f"),
  ];
  answers["/v2/team/app/manifests/1"] = index(...others, entry("linux", "amd64", "b"));
  answers[`/v2/team/app/manifests/sha256:${"b".repeat(64)}`] = JSON.stringify({ config: { digest: CONFIG } });
  answers[`/v2/team/app/blobs/${CONFIG}`] = JSON.stringify({
    architecture: "amd64",
    config: { ExposedPorts: { "8080/tcp": {} } },
  });
  expect(await inspect()).toMatchObject({ place: "registry", architecture: "amd64", exposedPorts: [8080] });
  answers["/v2/team/app/manifests/1"] = index(...others);
  expect(await inspect()).toMatchObject({
    place: "nowhere",
    problem: expect.stringMatching(/is there, but not for amd64: only arm64\.$/),
  });
});

test("with the credentials of an access role, and with no other's", async () => {
  isPrivate = true;
  answers["/v2/team/app/manifests/1"] = JSON.stringify({ config: { digest: CONFIG } });
  answers["/v2/team/app/tags/list?n=1000"] = JSON.stringify({ tags: ["1", "latest", "../x", 7] });
  expect(await inspect()).toMatchObject({ place: "nowhere", problem: expect.stringContaining("status 401") });
  expect(await inspect(OWN_ROLE)).toMatchObject({ place: "registry" });
  expect(await tags(OWN_ROLE)).toEqual({ tags: ["1", "latest"], problem: null });
  const refused = "the access role has no credentials.";
  expect(await inspect(OTHER_ROLE)).toEqual({ place: "nowhere", problem: refused });
  expect(await tags(OTHER_ROLE)).toEqual({ tags: [], problem: refused });
});

test("a repository that is not there has no tags, and says so", async () => {
  expect(await tags()).toMatchObject({ tags: [], problem: expect.stringContaining("has no team/app") });
});

test("what a registry says wrongly counts as unknown", async () => {
  answers["/v2/team/app/manifests/1"] = JSON.stringify({ config: { digest: "../../x" } });
  expect(await inspect()).toMatchObject({ place: "registry", exposedPorts: [], architecture: null });
  answers["/v2/team/app/manifests/1"] = JSON.stringify({ config: { digest: CONFIG } });
  for (const config of ["no JSON", JSON.stringify({ architecture: "a\u001b[2J" })]) {
    answers[`/v2/team/app/blobs/${CONFIG}`] = config;
    expect(await inspect()).toMatchObject({ place: "registry", exposedPorts: [], architecture: null });
  }
});

test("one that is nowhere is told with its name, and so is a registry that cannot be read", async () => {
  expect(await inspect()).toMatchObject({
    place: "nowhere",
    problem: expect.stringContaining("There is no image"),
  });
  answers["/v2/team/app/manifests/1"] = "no JSON";
  expect(await inspect()).toMatchObject({
    place: "nowhere",
    problem: expect.stringContaining("is not JSON"),
  });
});
