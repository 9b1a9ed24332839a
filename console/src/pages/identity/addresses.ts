/** Addresses of the pages of users, roles and policies. */
export function userHref(name: string): string {
  return `#/users/${encodeURIComponent(name)}`;
}

export function roleHref(name: string): string {
  return `#/roles/${encodeURIComponent(name)}`;
}

export function policyHref(arn: string): string {
  return `#/policies/${encodeURIComponent(arn)}`;
}

/** With this user or role chosen, and what they did. */
export function testerHref(
  principal: string,
  call: { readonly action?: string; readonly resource?: string } = {},
): string {
  return `#/policy-tester?${new URLSearchParams({ principal, ...call }).toString()}`;
}
