/** The table of acts. Each has a deadline, for no other domain may wait for this one. */
import { IssuanceError } from "../ports/certificate-authority.ts";
import { look } from "./execute-look.ts";
import { advanceOrder, placeOrder } from "./execute-order.ts";
import { adopt, askRenewal, forget, issueLocally, release, settle, warn } from "./execute-rows.ts";
import { loadCertificate, setNames, verify } from "./execute-serving.ts";
import type { Execution } from "./execution.ts";
import type { Act } from "./step.ts";

type Executors = {
  readonly [Name in Act["name"]]: (
    execution: Execution,
    step: Extract<Act, { readonly name: Name }>,
  ) => Promise<unknown>;
};

const executors: Executors = {
  settle,
  adopt,
  issueLocally,
  look,
  placeOrder,
  advanceOrder,
  giveUpOrder,
  loadCertificate,
  setNames,
  verify,
  warn,
  askRenewal,
  release,
  forget,
};

/** Acts at the authority, and waiting for a turn to ask it, take longer. */
const ACT_MS = 30_000;
const LONG_ACT_MS = 120_000;
const LONG: ReadonlySet<Act["name"]> = new Set(["look", "placeOrder", "advanceOrder", "askRenewal"]);

export function deadlineMs({ name }: Act): number {
  return LONG.has(name) ? LONG_ACT_MS : ACT_MS;
}

const AT_AUTHORITY: ReadonlySet<Act["name"]> = new Set(["placeOrder", "advanceOrder"]);

/** Its failures are failures of the attempt to get a certificate. */
export function isAtAuthority({ name }: Act): boolean {
  return AT_AUTHORITY.has(name);
}

/** False when the subject will be told to go on. */
export async function execute(step: Act, execution: Execution): Promise<boolean> {
  const run = executors[step.name] as (execution: Execution, step: Act) => Promise<unknown>;
  return (await run(execution, step)) !== false;
}

function giveUpOrder(): Promise<never> {
  return Promise.reject(new IssuanceError("gone", "The authority did not finish the order in time."));
}
