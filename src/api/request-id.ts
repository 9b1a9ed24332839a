/** Request ids are UUIDs on the wire. */

export function toUuid(hex32: string): string {
  return hex32.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}
