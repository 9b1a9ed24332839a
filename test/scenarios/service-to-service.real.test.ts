/** Services call each other by their public host, through the edge; nothing else of the machine opens to them. */
import { networkInterfaces } from "node:os";
import Docker from "dockerode";
import { afterEach, describe, expect, it } from "vitest";
import { buildTestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, type ServiceView, waitForStatus } from "../support/service.ts";

const docker = new Docker({ socketPath: "/var/run/docker.sock" });

/** Undone in reverse order, whatever happened. */
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Two services, caller and called; the API listens where the edge does, so that only the firewall keeps it away. */
async function twoServices(edgeHost: string) {
  const images = await buildTestImages();
  cleanups.push(() => images.remove());
  const slipway = await Installation.create({
    env: { SLIPWAY_BASE_DOMAIN: "apps.test", SLIPWAY_EDGE_HOST: edgeHost, SLIPWAY_API_HOST: "*" },
  });
  cleanups.push(() => slipway.remove());
  await slipway.start();
  const [caller, called] = await Promise.all(
    ["caller", "called"].map(async (name) => {
      const { ServiceArn } = await createService(slipway, {
        name,
        image: images.app,
        startCommand: "/node /app/server.js",
        environment: { VERSION: name },
      });
      return await waitForStatus(slipway, ServiceArn, "RUNNING");
    }),
  );
  if (caller === undefined || called === undefined) throw new Error("two services were wished for");
  return { slipway, caller, called };
}

/** What DNS answers for the base domain on a real machine: an address of the host. */
function hostAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "";
}

async function reach(slipway: Installation, from: ServiceView, host: string, port: number): Promise<string> {
  const answer = await slipway.fetch(from.ServiceUrl, `/connect?host=${host}&port=${port}`);
  return (JSON.parse(answer.body) as { readonly result: string }).result;
}

async function instanceAddress(slipway: Installation, { ServiceId }: ServiceView): Promise<string> {
  const filters = {
    label: [`slipway.owner=${slipway.info()["InstallationId"]}`, "slipway.role=instance"],
  };
  const found = await docker.listContainers({ filters });
  const instance = found.find(({ Labels }) => Labels["slipway.service"] === ServiceId);
  return instance?.Labels["slipway.address"] ?? "";
}

describe("a service", () => {
  it("calls another through an edge that listens everywhere, and reaches nothing else of the machine", async () => {
    const { slipway, caller, called } = await twoServices("*");
    const host = hostAddress();
    const call = `/call?host=${host}&port=${slipway.edgePort}&name=${called.ServiceUrl}`;
    const answer = await slipway.fetch(caller.ServiceUrl, call);
    expect(answer).toMatchObject({ status: 200, body: expect.stringMatching(/^called from /) as string });
    expect(await reach(slipway, caller, host, slipway.edgeHttpsPort)).toBe("connected");
    expect(await reach(slipway, caller, host, slipway.apiPort)).toBe("ECONNREFUSED");
    const address = await instanceAddress(slipway, called);
    expect(address).toMatch(/^\d+\./);
    expect(await reach(slipway, caller, address, 8080)).not.toBe("connected");
  });

  it("cannot call another when the edge listens on loopback only", async () => {
    const { slipway, caller } = await twoServices("127.0.0.1");
    expect(await reach(slipway, caller, hostAddress(), slipway.edgePort)).toBe("ECONNREFUSED");
    expect(await reach(slipway, caller, "127.0.0.1", slipway.edgePort)).toBe("ECONNREFUSED");
  });
});
