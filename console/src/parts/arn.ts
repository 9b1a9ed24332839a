/** What pages need of ARNs: `arn:aws:apprunner:<region>:<account>:service/<name>/<id>`. */

/** `service/shop/0123…` → `0123…` */
export function idOfArn(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}

/** `service/shop/0123…` → `shop` */
export function nameOfArn(arn: string): string {
  return arn.split("/").at(1) ?? arn;
}

/** The form of a section of its configuration. */
export function editHref(serviceId: string, section: string): string {
  return `#/services/${serviceId}/configuration?edit=${section}`;
}

/** The page of a service, or one of its tabs. */
export function serviceHref(arn: string, tab?: string): string {
  return `#/services/${idOfArn(arn)}${tab === undefined ? "" : `/${tab}`}`;
}
