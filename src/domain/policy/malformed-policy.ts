/** Why a policy is refused. The sentences that begin as IAM's do are IAM's; what follows says where, and what would be right. */
export class MalformedPolicy extends Error {
  override readonly name = "MalformedPolicy";
}

/** Cut, for people put anything into a policy. */
export function shown(given: unknown): string {
  const value = typeof given === "string" ? given : (JSON.stringify(given) ?? "undefined");
  return value.length <= 100 ? value : `${value.slice(0, 100).toWellFormed()}…`;
}
