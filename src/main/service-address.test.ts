import { expect, it } from "vitest";
import { ServiceAddress } from "./service-address.ts";

it.each([
  [false, { edgePort: 8080, edgeHttpsPort: 8443 }, "http", "x.apps.test:8080"],
  [true, { edgePort: 8080, edgeHttpsPort: 8443 }, "https", "x.apps.test:8443"],
  [false, { edgePort: 80, edgeHttpsPort: 443 }, "http", "x.apps.test"],
  [true, { edgePort: 80, edgeHttpsPort: 443 }, "https", "x.apps.test"],
  [true, { edgePort: 443, edgeHttpsPort: 80 }, "https", "x.apps.test:80"],
])("with redirects %s and the ports %j a service is called by %s at %s", (isOn, ports, scheme, url) => {
  const address = new ServiceAddress(ports, { isRedirecting: () => isOn });
  expect([address.scheme(), address.of("x.apps.test")]).toEqual([scheme, url]);
});
