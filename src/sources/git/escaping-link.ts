/**
 * Finds links that lead out of a tree. Pure: links are followed in a list of what the tree will hold, through other links,
 * for `up/../x` means something else when `up` is a link. A directory that does not exist is taken for an ordinary one.
 *
 * Whoever made the tree wants this to take for ever: the places of links are looked up name by name, and steps are counted.
 */
import { type LinkPlace, toPlaces } from "./link-places.ts";

const STEPS_MAX = 10_000;
/** Of all links together: some 100 ms. */
const STEPS_IN_ALL_MAX = 2_000_000;
/** Linux gives up after 40. A circle leads nowhere, so it is harmless. */
const FOLLOWED_MAX = 40;

/** Path of each link → its target. Gives the path of one that leads out, or that takes too long to follow, or null. */
export function findEscapingLink(links: ReadonlyMap<string, string>): string | null {
  const root = toPlaces(links);
  if (root === null) return links.keys().next().value ?? null;
  let stepsLeft = STEPS_IN_ALL_MAX;
  for (const path of links.keys()) {
    const steps = stepsWithin(path, root, Math.min(STEPS_MAX, stepsLeft));
    if (steps === null) return path;
    stepsLeft -= steps;
  }
  return null;
}

/** How many steps the link at this path takes; null when it leads out, or takes more than `stepsMax`. */
function stepsWithin(path: string, root: LinkPlace, stepsMax: number): number | null {
  /** From the root down; undefined where no link is below. */
  const at: (LinkPlace | undefined)[] = [root];
  const ahead = path.split("/").toReversed();
  let followed = -1; // the link itself
  for (let steps = 0; ; steps++) {
    const name = ahead.pop();
    if (name === undefined) return steps;
    if (steps >= stepsMax) return null;
    if (name === "..") {
      at.pop();
      if (at.length === 0) return null;
    } else if (name !== "" && name !== ".") {
      const next = at.at(-1)?.below.get(name);
      const target = next?.target ?? null;
      if (target === null) at.push(next);
      else if (++followed > FOLLOWED_MAX) return steps;
      else if (target.startsWith("/") || target.includes("\u0000")) return null;
      else for (const one of target.split("/").toReversed()) ahead.push(one);
    }
    if (ahead.length > stepsMax) return null;
  }
}
