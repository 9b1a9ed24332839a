/** A label on a resource. Keys starting with `aws:` are refused by the contract, those with `slipway:` are extensions. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}
