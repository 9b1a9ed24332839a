/**
 * What the picture of a service shows: its sets of instances, one for each release that has any, and which of them the
 * requests go to. Pure.
 */
import type { Output } from "../../../api/wire.ts";
import { isCancelled, type Operation } from "../phases.ts";

export type Instance = Output<"Slipway.ListInstances">["Instances"][number];
export type Role = "serving" | "coming" | "takingOver" | "leaving" | "cancelled" | "failed" | "ended";

export interface InstanceSet {
  readonly releaseNumber: number;
  readonly role: Role;
  /** Of the requests that come now. */
  readonly hasTraffic: boolean;
  /** Those to draw, oldest first. */
  readonly instances: readonly Instance[];
  readonly moreCount: number;
}

export interface PictureWish {
  readonly instances: readonly Instance[];
  readonly operation: Operation | undefined;
  /** The release in traffic. */
  readonly activeNumber: number | undefined;
  readonly isPaused: boolean;
  readonly nowMs: number;
}

const MOST_DRAWN = 12;
/** What has ended stays in the picture for a moment, so that one sees it go. */
const GOING_MS = 4_000;

/** The set that serves first. */
export function setsOf(wish: PictureWish): readonly InstanceSet[] {
  const seen = wish.instances.filter((one) => isSeen(one, wish));
  const numbers = [...new Set(seen.map((one) => one.ReleaseNumber))];
  return numbers
    .map((number) =>
      setOf(
        number,
        seen.filter((one) => one.ReleaseNumber === number),
        wish,
      ),
    )
    .sort((one, other) => rank(one) - rank(other) || one.releaseNumber - other.releaseNumber);
}

export function isAlive({ State: state }: Pick<Instance, "State">): boolean {
  return state !== "stopped" && state !== "failed";
}

function isSeen(instance: Instance, { operation, nowMs }: PictureWish): boolean {
  if (isAlive(instance)) return true;
  if (instance.StoppedAt !== undefined && nowMs - instance.StoppedAt * 1_000 < GOING_MS) return true;
  // Of a deployment that fails one wants to see what fell.
  const isOfOperation =
    operation?.EndedAt === undefined && instance.ReleaseNumber === operation?.ReleaseNumber;
  return isOfOperation && instance.CreatedAt >= operation.StartedAt;
}

function setOf(number: number, all: readonly Instance[], wish: PictureWish): InstanceSet {
  const oldestFirst = all.toSorted((one, other) => one.CreatedAt - other.CreatedAt);
  const role = roleOf(number, all, wish);
  return {
    releaseNumber: number,
    role,
    hasTraffic: (role === "serving" || role === "takingOver") && all.some(takesRequests),
    instances: oldestFirst.slice(-MOST_DRAWN),
    moreCount: Math.max(0, all.length - MOST_DRAWN),
  };
}

function takesRequests({ State: state }: Instance): boolean {
  return state === "ready" || state === "idle";
}

function roleOf(number: number, all: readonly Instance[], wish: PictureWish): Role {
  const { operation, activeNumber, isPaused } = wish;
  const isOpen = operation !== undefined && operation.EndedAt === undefined;
  const isNew = isOpen && operation.ReleaseNumber === number;
  if (number === activeNumber) {
    if (isPaused || all.every((one) => !isAlive(one) || one.State === "draining")) return "leaving";
    return isNew && operation.Type === "RESUME_SERVICE" ? "coming" : "serving";
  }
  if (isNew && operation.Cause === undefined) return operation.Phase === "routing" ? "takingOver" : "coming";
  if (isNew && isCancelled(operation)) return "cancelled";
  if (isNew || all.some((one) => one.State === "failed")) return "failed";
  return all.some(isAlive) ? "leaving" : "ended";
}

/** In traffic above what comes, and what leaves below. */
function rank({ role }: InstanceSet): number {
  return ["serving", "takingOver", "coming", "failed", "cancelled", "leaving", "ended"].indexOf(role);
}
