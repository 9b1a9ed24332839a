/** What must be told to the API so that tags become others: it sets some and takes others away. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface TagChanges {
  readonly set: readonly Tag[];
  readonly removed: readonly string[];
}

export function tagChanges(before: readonly Tag[], after: readonly Tag[]): TagChanges {
  const had = new Map(before.map(({ Key, Value }) => [Key, Value]));
  const keys = new Set(after.map(({ Key }) => Key));
  return {
    set: after.filter(({ Key, Value }) => had.get(Key) !== Value),
    removed: before.map(({ Key }) => Key).filter((key) => !keys.has(key)),
  };
}
