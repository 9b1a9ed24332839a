/** What the live stream has named, for who keeps an answer true in a way of their own. */

type Listener = (topics: readonly string[]) => void;

const listeners = new Set<Listener>();

/** Until the function that comes back is called. */
export function whenChanged(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function tellChanged(topics: readonly string[]): void {
  for (const listener of listeners) listener(topics);
}
