/** A label on a resource. Keys starting with `aws:` are refused by the contract, those with `slipway:` are extensions. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** The tags that are there after `given` were put over `present`. */
export function withTags(present: readonly Tag[], given: readonly Tag[]): readonly Tag[] {
  const tags = new Map([...present, ...given].map(({ key, value }) => [key, value]));
  return [...tags].map(([key, value]) => ({ key, value }));
}

export function withoutTags(present: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return present.filter(({ key }) => !keys.includes(key));
}
