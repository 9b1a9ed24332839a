/**
 * Finds links that lead out of a tree. Pure: links are followed in a list of what the tree will hold, through other links,
 * for `up/../x` means something else when `up` is a link. A directory that does not exist is taken for an ordinary one.
 */

const STEPS_MAX = 10_000;
/** Linux gives up after 40. A circle leads nowhere, so it is harmless. */
const FOLLOWED_MAX = 40;

/** Path of each link → its target. Gives the path of one that leads out, or null. */
export function findEscapingLink(links: ReadonlyMap<string, string>): string | null {
  for (const [path, target] of links) {
    if (leadsOut(path, target, links)) return path;
  }
  return null;
}

function leadsOut(path: string, target: string, links: ReadonlyMap<string, string>): boolean {
  const at = path.split("/").slice(0, -1);
  const ahead = [target];
  let followed = 0;
  for (let steps = 0; ahead.length > 0; steps++) {
    if (steps > STEPS_MAX) return true;
    const text = ahead.pop() ?? "";
    if (text.startsWith("/") || text.includes("\u0000")) return true;
    const cut = text.indexOf("/");
    const name = cut === -1 ? text : text.slice(0, cut);
    const rest = cut === -1 ? "" : text.slice(cut).replace(/^\/+/, "");
    if (rest !== "") ahead.push(rest);
    if (name === "..") {
      if (at.pop() === undefined) return true;
    } else if (name !== "" && name !== ".") {
      const next = links.get([...at, name].join("/"));
      if (next === undefined) at.push(name);
      else if (++followed > FOLLOWED_MAX) return false;
      else ahead.push(next);
    }
  }
  return false;
}
