/** The value of slipway:connect: names of services, and what they are called inside. Pure. */

/** Each once, in the order they were written in. */
export function connectedNames(value: string): readonly string[] {
  return [...new Set(value.split(/[ ,]+/).filter((name) => name !== ""))];
}

export function withName(value: string, name: string): string {
  return connectedNames(`${value},${name}`).join(",");
}

export function withoutName(value: string, name: string): string {
  return connectedNames(value)
    .filter((one) => one !== name)
    .join(",");
}

/** Where an instance reaches the service. */
export function internalUrl(name: string, port: number | undefined): string {
  return `http://${name.toLowerCase()}.internal${port === undefined ? "" : `:${port}`}/`;
}
