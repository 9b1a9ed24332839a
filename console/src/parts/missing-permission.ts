/** What the API refused for want of rights, from its words. Pure. */

export interface MissingPermission {
  readonly action: string;
  /** ARN, name, or `*`. */
  readonly resource: string;
}

const REFUSED = /is not authorized to perform: (\S+) on resource: (\S+)/;

/** Null: it was something else. */
export function missingPermission(message: string): MissingPermission | null {
  const [, action, resource] = REFUSED.exec(message) ?? [];
  return action === undefined || resource === undefined ? null : { action, resource };
}
