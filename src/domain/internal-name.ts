/** How services call each other inside of the installation. */

/** No public name ends so (reserved by ICANN for private use). */
export const INTERNAL_DOMAIN = "internal";

/** `Shop_API` → `shop_api.internal`. Services whose names differ in case alone share one: it is the older one's. */
export function internalName(serviceName: string): string {
  return `${serviceName.toLowerCase()}.${INTERNAL_DOMAIN}`;
}
