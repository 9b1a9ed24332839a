/** The API gives a service's URL as App Runner does: without a scheme. */
export function urlOf(serviceUrl: string | undefined): string | undefined {
  return serviceUrl === undefined || serviceUrl === "" ? undefined : `http://${serviceUrl}`;
}
