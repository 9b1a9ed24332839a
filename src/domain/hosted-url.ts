/** Addresses of the repositories that Slipway hosts: `slipway://<name>`, the same wherever the API listens. */

const SCHEME = "slipway://";
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

export function hostedRepositoryUrl(name: string): string {
  return `${SCHEME}${name}`;
}

/** Null for the address of any other repository. */
export function hostedRepositoryName(repositoryUrl: string): string | null {
  if (!repositoryUrl.startsWith(SCHEME)) return null;
  const name = repositoryUrl.slice(SCHEME.length).replace(/\.git$/, "");
  return NAME.test(name) ? name : null;
}
