/** What several parts of a page need at once and one alone shall do: made for the first who asks, ended when the last has gone. */

export interface Ended<Thing> {
  readonly thing: Thing;
  readonly end: () => void;
}

interface Held<Thing> extends Ended<Thing> {
  users: number;
}

export class Shared<Thing> {
  readonly #held = new Map<string, Held<Thing>>();

  /** The one under this key, until `end` of what comes back is called, which is to happen once. */
  join(key: string, make: () => Ended<Thing>): Ended<Thing> {
    const held = this.#held.get(key) ?? { ...make(), users: 0 };
    this.#held.set(key, held);
    held.users += 1;
    return {
      thing: held.thing,
      end: () => {
        held.users -= 1;
        if (held.users > 0) return;
        this.#held.delete(key);
        held.end();
      },
    };
  }
}
