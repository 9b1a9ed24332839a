/** What an order and its authorizations mean for us. Pure. */
import { IssuanceError, type NameChallenge, type OrderState } from "../../ports/certificate-authority.ts";
import { dnsText, keyAuthorization } from "./acme-library.ts";
import type { Authorization, Challenge, Order } from "./messages.ts";
import { issuanceError, plainLine, type Problem, type Refusal } from "./problem.ts";

/** Whose words they are. */
type Speaker = Pick<Refusal, "host" | "caaIdentities">;

interface Circumstances extends Speaker {
  /** Of the account's key. */
  readonly thumbprint: string;
  /** Whether we asked the authority to look at this challenge: not all say so. */
  isAsked(challengeUrl: string): boolean;
}

/** An order fails with one of its names, even where it does not say so yet. */
export function orderState(
  order: Order,
  authorizations: readonly Authorization[],
  circumstances: Circumstances,
): OrderState {
  const lost = authorizations.filter(({ status }) => status !== "pending" && status !== "valid");
  if (order.status === "invalid" || lost.length > 0) {
    return { status: "invalid", challenges: [], problem: problemOf(order, lost, circumstances) };
  }
  const open = authorizations.filter(({ status }) => status === "pending");
  return {
    status: order.status,
    challenges: open.map((authorization) => nameChallenge(authorization, circumstances)),
    problem: null,
  };
}

function nameChallenge(authorization: Authorization, circumstances: Circumstances): NameChallenge {
  const { challenges, identifier, wildcard } = authorization;
  const proof = ({ url, token }: Challenge) =>
    token === undefined
      ? null
      : { url, token, keyAuthorization: keyAuthorization(token, circumstances.thumbprint) };
  const offered = (type: string) => challenges.find((challenge) => challenge.type === type);
  const http = offered("http-01");
  const dns = offered("dns-01");
  const dnsProof = dns === undefined ? null : proof(dns);
  return {
    name: identifier.value,
    isWildcard: wildcard === true,
    isAccepted: challenges.some(({ status, url }) => status !== "pending" || circumstances.isAsked(url)),
    http: http === undefined ? null : proof(http),
    dns: dnsProof === null ? null : { url: dnsProof.url, text: dnsText(dnsProof.keyAuthorization) },
  };
}

/** The problem of a name says more than the order's, which often has none. */
function problemOf(order: Order, lost: readonly Authorization[], speaker: Speaker): IssuanceError {
  const found = lost.flatMap(({ identifier, challenges }) =>
    challenges.flatMap(({ error }) => (error === undefined ? [] : [{ ...error, identifier }])),
  );
  const [first] = found;
  if (first !== undefined) return challengeError(speaker, { type: first.type, subproblems: found });
  if (order.error !== undefined) return challengeError(speaker, order.error);
  return unexplained(speaker.host, lost);
}

function challengeError({ host, caaIdentities = [] }: Speaker, problem: Problem): IssuanceError {
  return issuanceError({ host, caaIdentities, asked: "challenge", status: null, problem, retryAtMs: null });
}

function unexplained(host: string, lost: readonly Authorization[]): IssuanceError {
  const names = lost.map(({ identifier, status }) => `${identifier.value} (${status})`).join(", ");
  const which = names === "" ? "" : `: the proof is no longer good for ${plainLine(names)}`;
  return new IssuanceError("gone", `${host} gave the order up${which}.`);
}
