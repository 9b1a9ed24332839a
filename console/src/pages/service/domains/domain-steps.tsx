/** The way of a name as a row of steps; below each other on a phone. */
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";
import { useNarrow } from "../../../parts/use-narrow.ts";
import { domains } from "../../../texts.ts";
import {
  type Domain,
  type DomainStep,
  domainSteps,
  isAmiss,
  isServed,
  type StepState,
} from "./domain-facts.ts";

const words = domains.steps;

const LOOKS = {
  done: "success",
  doing: "in-progress",
  waiting: "warning",
  failed: "error",
  skipped: "stopped",
  todo: "pending",
} as const satisfies Record<StepState, StepsProps.Status>;

export function DomainSteps({ domain }: { readonly domain: Domain }) {
  const isNarrow = useNarrow();
  return (
    <Steps
      orientation={isNarrow ? "vertical" : "horizontal"}
      ariaLabel={words.label(domain.DomainName)}
      steps={domainSteps(domain).map((step) => ({
        header: words[step.name],
        details: detailOf(step, domain),
        status: LOOKS[step.state],
      }))}
    />
  );
}

function detailOf({ name, state }: DomainStep, domain: Domain): string {
  if (name === "records") return recordsDetail(domain);
  if (name === "validation") return validationDetail(state, domain);
  if (name === "certificate") return certificateDetail(state, domain);
  if (name === "handshake") {
    if (state === "done") return words.verified;
    return state === "doing" ? words.verifying : "";
  }
  if (state === "waiting") return words.unfound;
  return state === "done" ? words.served : "";
}

function recordsDetail({ CheckedAt, Records: records }: Domain): string {
  if (CheckedAt === undefined) return words.looking;
  const right = records.filter((record) => !isAmiss(record)).length;
  return words.recordsRight(right, records.length);
}

function validationDetail(state: StepState, domain: Domain): string {
  const { Records: records, Certificate: certificate } = domain;
  if (state === "todo") return "";
  if (state === "skipped") return words.notAsked[certificate?.Origin === "local" ? "local" : "imported"];
  if (state !== "done") return words.unproven;
  if (!isServed(domain)) return words.provable;
  const byDns = records.some(({ Purpose, Verdict }) => Purpose === "validation" && Verdict === "right");
  return byDns ? words.proven : words.provenOverHttp;
}

function certificateDetail(state: StepState, { Certificate: certificate }: Domain): string {
  if (state === "failed") return words.refused;
  if (state === "doing") return words.asked;
  if (state === "todo" || certificate === undefined) return "";
  return words.issued(domains.certificate.origins[certificate.Origin]);
}
