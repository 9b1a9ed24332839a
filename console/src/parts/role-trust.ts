/** Who may take a role, read from its trust policy. Pure. */
export const INSTANCES = "tasks.apprunner.amazonaws.com";
export const IMAGES = "build.apprunner.amazonaws.com";

export interface Takers {
  readonly areInstances: boolean;
  readonly areImagePulls: boolean;
  /** ARNs, accounts, other services. */
  readonly others: readonly string[];
}

/** `trust`: the text of a trust policy, which the API has checked. */
export function takersOf(trust: string): Takers {
  const { Statement = [] } = readTrust(trust);
  const named = [Statement]
    .flat()
    .flatMap(({ Effect, Principal }) => (Effect === "Allow" ? principalsIn(Principal) : []));
  return {
    areInstances: named.includes(INSTANCES),
    areImagePulls: named.includes(IMAGES),
    others: named.filter((one) => one !== INSTANCES && one !== IMAGES),
  };
}

/** Whether the role may be given to a service for this; a `*` stands for people alone. */
export function trusts(trust: string, taker: "instances" | "image pulls"): boolean {
  const { areInstances, areImagePulls } = takersOf(trust);
  return taker === "instances" ? areInstances : areImagePulls;
}

interface TrustStatement {
  readonly Effect?: string;
  readonly Principal?: unknown;
}

function readTrust(text: string): { readonly Statement?: TrustStatement | readonly TrustStatement[] } {
  try {
    return JSON.parse(text) as { readonly Statement?: TrustStatement };
  } catch {
    return {};
  }
}

function principalsIn(principal: unknown): readonly string[] {
  if (typeof principal === "string") return [principal];
  if (typeof principal !== "object" || principal === null) return [];
  return Object.values(principal)
    .flat()
    .filter((one): one is string => typeof one === "string");
}

/** IAM writes documents as addresses write texts. */
export function readDocument(encoded: string | undefined): string {
  return decodeURIComponent(encoded ?? "");
}
