import { describe, expect, it, vi } from "vitest";
import { type Admission, type ReleaseCandidate, ReleaseRefused } from "../ports/release-gate.ts";
import { aConfiguration, World } from "./testing/world.ts";

const REFUSAL = "The image registry.example.com/app bears no signature of the key ours";

describe("The gate before a release", () => {
  const opened = async () => {
    const world = new World();
    const admit = vi.fn((_candidate: ReleaseCandidate) => Promise.resolve<Admission>({}));
    world.releaseGate = { admit };
    await world.boot();
    return { world, admit };
  };

  it("is asked with the key of the tag, and what it found is kept with the release", async () => {
    const { world, admit } = await opened();
    admit.mockResolvedValue({ signedBy: "sha256:aa" });
    const tags = [{ key: "slipway:verify-signature", value: "ours" }];
    const { service } = await world.commands.create({ name: "web", configuration: aConfiguration(), tags });
    await world.advance(5_000);
    expect(admit).toHaveBeenCalledOnce();
    expect(admit.mock.calls[0]?.[0]).toMatchObject({ serviceName: "web", keyName: "ours", before: null });
    expect(await world.store.releases.get(service.id, 1)).toMatchObject({ signedBy: "sha256:aa" });
  });

  it("refuses a deployment with its reason, and what served before serves on", async () => {
    const { world, admit } = await opened();
    const { service } = await world.commands.create({
      name: "web",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.advance(5_000);
    admit.mockRejectedValue(new ReleaseRefused(REFUSAL));
    const { operationId } = await world.commands.startDeployment(service.id);
    await world.advance(5_000);
    expect(await world.store.operations.get(service.id, operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      cause: { phase: "provision", class: "refused", message: `${REFUSAL}.` },
    });
    expect(await world.service(service.id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 1 });
  });

  it("knows an image that it admitted before, when it is gone back to", async () => {
    const { world, admit } = await opened();
    const found = {
      signedBy: "sha256:aa",
      signature: { keyName: "ours", checkedAtMs: 1 },
      imageCheck: { result: "allowed", checkedAtMs: 2 },
    } as const;
    admit.mockResolvedValueOnce(found);
    const { service } = await world.commands.create({
      name: "web",
      configuration: aConfiguration(),
      tags: [],
    });
    await world.advance(5_000);
    await world.commands.startDeployment(service.id);
    await world.advance(5_000);
    await world.commands.rollBack(service.id, 1);
    await world.advance(5_000);
    expect(admit.mock.calls.map(([{ before }]) => before)).toEqual([null, null, found]);
  });
});
