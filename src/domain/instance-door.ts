/**
 * The instance door: where instances with a role get short-lived credentials and call this API. AWS's SDKs send a token by
 * plain HTTP to loopback, this address (ECS) and one more (EKS, newer SDKs only), and to nothing else.
 */

export const DOOR_ADDRESS = "169.254.170.2";
export const DOOR_PORT = 80;
export const CREDENTIALS_PATH = "/v1/credentials";

const DOOR_URL = `http://${DOOR_ADDRESS}`;

/** What an SDK inside of the application finds its credentials and this API by. The user's own win over them. */
export function doorVariables({
  region,
  token,
}: {
  readonly region: string;
  readonly token: string;
}): Readonly<Record<string, string>> {
  return {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${DOOR_URL}${CREDENTIALS_PATH}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    AWS_ENDPOINT_URL: DOOR_URL,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}
