/** What kind of call it was, from the name of its operation alone. */
import { operationOfTarget, unavailableReason, type ContractOperation } from "../../contract/index.ts";
import { wireServiceOf } from "../../contract/index.ts";

export interface EventKind {
  readonly eventSource: string;
  readonly eventName: string;
  readonly isReadOnly: boolean;
  /** Its record is on disk before its answer leaves. */
  readonly mustLast: boolean;
}

const READING =
  /^(?:BatchGet|Check|Decrypt|Describe|Detect|Encrypt|Explain|Filter|GenerateDataKey|Get|Inspect|List|Lookup|ReEncrypt|Run|Simulate|StartLiveTail|StartQuery|Test|Try|Verify)/;
/** They change something, whatever they are called. */
const CHANGING: ReadonlySet<string> = new Set(["CheckCustomDomain"]);
/** They hand out what is kept secret: who asked must be known for sure. */
const REVEALING =
  /^(?:secretsmanager\.(?:Batch)?GetSecretValue|AmazonSSM\.GetParameter.*|TrentService\.(?:Decrypt|GenerateDataKey))$/;
const CBOR_PATH = /^\/service\/([^/?]{1,128})\/operation\/([^/?]{1,128})$/;
const UNKNOWN = "Unknown";

/** `target`: as the client wrote it, where the operation is not known. */
export function eventKindOf(operation: ContractOperation | undefined, target: string | undefined): EventKind {
  const known = operation ?? operationOfTarget(target ?? "");
  if (known === undefined) {
    // Names of AWS's only: what a stranger writes there may be anything.
    const isOfAws = target !== undefined && unavailableReason(target) !== undefined;
    const eventName = isOfAws ? nameOf(target) : UNKNOWN;
    return {
      eventSource: eventSourceOf(target),
      eventName,
      isReadOnly: isReading(eventName),
      mustLast: false,
    };
  }
  const eventName = nameOf(known.target);
  const isReadOnly = isReading(eventName);
  return {
    eventSource: eventSourceOf(known.target),
    eventName,
    isReadOnly,
    mustLast: !isReadOnly || REVEALING.test(known.target),
  };
}

/** As X-Amz-Target says it, or the path of a call in CBOR. */
export function targetOf(header: string | undefined, path: string): string | undefined {
  const [, service, name] = CBOR_PATH.exec(path) ?? [];
  return header ?? (service === undefined ? undefined : `${service}.${name}`);
}

function nameOf(target: string): string {
  return target.slice(target.lastIndexOf(".") + 1);
}

function isReading(eventName: string): boolean {
  return READING.test(eventName) && !CHANGING.has(eventName);
}

function eventSourceOf(target: string | undefined): string {
  return target?.startsWith("Slipway.") === true
    ? "slipway"
    : `${wireServiceOf(target).signingName}.amazonaws.com`;
}
