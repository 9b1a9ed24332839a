/**
 * Where the links of a tree are, to be looked up name by name: a path as a text would be read again for each directory
 * above it, and a hostile tree has thousands of long ones. Pure.
 */

/** A link, or a directory above one. */
export interface LinkPlace {
  readonly below: Map<string, LinkPlace>;
  /** Null: a directory. */
  target: string | null;
}

/** Some 60 MB. */
const PLACES_MAX = 300_000;

/** The root, from path of each link → its target; null when there are too many places. */
export function toPlaces(links: ReadonlyMap<string, string>): LinkPlace | null {
  const root = emptyPlace();
  let places = 0;
  for (const [path, target] of links) {
    let place = root;
    for (const name of path.split("/")) {
      const known = place.below.get(name);
      if (known === undefined && ++places > PLACES_MAX) return null;
      const next = known ?? emptyPlace();
      place.below.set(name, next);
      place = next;
    }
    place.target = target;
  }
  return root;
}

function emptyPlace(): LinkPlace {
  return { below: new Map(), target: null };
}
