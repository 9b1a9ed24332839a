/** Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` and refuses everything else. */
import { WireError } from "../../contract/index.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";
export const TERMINATOR = "aws4_request";

export interface CredentialScope {
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

export interface ParsedAuthorization {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  /** Lower-case hex, 64 characters. */
  readonly signature: string;
}

/** More would be noise: SDKs sign about ten. */
const MAX_SIGNED_HEADERS = 100;
const ACCESS_KEY_ID = /^\w{16,128}$/;
const SIGNATURE = /^[0-9a-f]{64}$/;

/** Throws WireError IncompleteSignature that says what is missing. */
export function parseAuthorization(header: string): ParsedAuthorization {
  const [algorithm, rest = ""] = splitOnce(header.trim(), " ");
  if (algorithm !== ALGORITHM) throw incomplete(`the algorithm must be ${ALGORITHM}`);
  const parameters = parseParameters(rest);
  const signature = required(parameters, "Signature");
  if (!SIGNATURE.test(signature)) throw incomplete("Signature must be 64 lower-case hexadecimal digits");
  return {
    ...parseCredential(required(parameters, "Credential")),
    signedHeaders: parseSignedHeaders(required(parameters, "SignedHeaders")),
    signature,
  };
}

export function incomplete(problem: string): WireError {
  return new WireError("IncompleteSignature", `The request signature is not complete: ${problem}.`);
}

function parseParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split(",")) {
    const [name, value = ""] = splitOnce(part.trim(), "=");
    if (parameters.has(name)) throw incomplete("a parameter of the Authorization header is given twice");
    parameters.set(name, value);
  }
  return parameters;
}

function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === "") throw incomplete(`the Authorization header lacks '${name}'`);
  return value;
}

/** `<key id>/<date>/<region>/<service>/aws4_request`. */
function parseCredential(credential: string): Pick<ParsedAuthorization, "accessKeyId" | "scope"> {
  const [accessKeyId = "", date = "", region = "", service = "", terminator = "", ...rest] =
    credential.split("/");
  if (terminator === "" || rest.length > 0) {
    throw incomplete("Credential must be <access key id>/<date>/<region>/<service>/aws4_request");
  }
  if (!ACCESS_KEY_ID.test(accessKeyId)) throw invalidKey();
  return { accessKeyId, scope: { date, region, service, terminator } };
}

/** The same answer for a key id that cannot be, for one that nobody has and for one that is inactive. */
export function invalidKey(): WireError {
  return new WireError(
    "UnrecognizedClientException",
    "The security token included in the request is invalid: no active access key has this id. It may have been made inactive or deleted, or never been here.",
  );
}

export function invalidToken(): WireError {
  return new WireError(
    "UnrecognizedClientException",
    "The security token included in the request is invalid: it belongs to no role or user that is here, or to another access key.",
  );
}

function parseSignedHeaders(text: string): readonly string[] {
  const names = text.split(";");
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? "") < name);
  const isLowerCase = names.every((name) => name !== "" && name === name.toLowerCase());
  if (!isSorted || !isLowerCase || names.length > MAX_SIGNED_HEADERS) {
    throw incomplete("SignedHeaders must be lower-case names in order, each once");
  }
  return names;
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
