import { expect, it, vi } from "vitest";
import type { Service } from "../domain/service.ts";
import { aService } from "../ports/store.contract.ts";
import { type ReadServices, ServiceListing } from "./service-listing.ts";
import type { Queries } from "./session.ts";

const db = {} as Queries;

function aListing(count: number) {
  const stored = new Map<string, Service>();
  for (let index = 0; index < count; index++) put(stored, aService());
  const read = vi.fn<ReadServices>(async (_, ids = [...stored.keys()]) =>
    ids.flatMap((id) => stored.get(id) ?? []),
  );
  return { stored, read, listing: new ServiceListing(read) };
}

function put(stored: Map<string, Service>, service: Service): string {
  stored.set(service.id, service);
  return service.id;
}

it("reads nothing again of 1,000 services that nobody saved", async () => {
  const { read, listing } = aListing(1_000);
  for (let look = 0; look < 10; look++) {
    expect(await listing.withStatus(db, ["RUNNING"])).toHaveLength(1_000);
  }
  expect(read).toHaveBeenCalledTimes(1);
});

it("reads only what was saved, and that once", async () => {
  const { stored, read, listing } = aListing(1_000);
  await listing.withStatus(db, ["RUNNING"]);
  const id = put(stored, aService({ status: "PAUSED" }));
  listing.saved(id);
  listing.saved(id);
  expect(await listing.withStatus(db, ["PAUSED"])).toStrictEqual([stored.get(id)]);
  expect(await listing.withStatus(db, ["RUNNING"])).toHaveLength(1_000);
  expect(read.mock.calls.map(([, ids]) => ids)).toStrictEqual([undefined, [id]]);
});

it("reads all when much was saved, and again what could not be read", async () => {
  const { stored, read, listing } = aListing(1_000);
  await listing.withStatus(db, ["RUNNING"]);
  for (const id of stored.keys()) listing.saved(id);
  read.mockRejectedValueOnce(new Error("the disk is away"));
  await expect(listing.withStatus(db, ["RUNNING"])).rejects.toThrow("the disk is away");
  expect(await listing.withStatus(db, ["RUNNING"])).toHaveLength(1_000);
  expect(read.mock.calls.map(([, ids]) => ids)).toStrictEqual([undefined, undefined, undefined]);
});
