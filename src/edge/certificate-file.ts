/**
 * A certificate as it is kept on disk and as HAProxy reads it: a line of ours, the chain, the key. HAProxy does not start with
 * one bad file, so nothing becomes a file that was not taken to pieces and put together again, and no file counts as ours
 * that does not read exactly as we would write it.
 *
 * The file's name has a digest of what HAProxy gets: what is loaded under that name is this and nothing else.
 */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { SERVED_PEM_MAX_BYTES } from "../domain/certificate.ts";
import { SlipwayError } from "../domain/error.ts";
import type { EdgeCertificate } from "../ports/edge-tls.ts";

export interface CertificateFacts {
  readonly id: string;
  /** Sorted, each once. */
  readonly names: readonly string[];
  /** SHA-256 of the leaf, lower-case hex. */
  readonly fingerprint: string;
  /** Name of the file within the directory. */
  readonly fileName: string;
  /** Of two certificates for a name the one with the higher rank is shown. */
  readonly rank: number;
}

export interface CertificateFile extends CertificateFacts {
  /** Chain and key as HAProxy gets them, without an empty line. */
  readonly pem: string;
  /** The whole file. */
  readonly text: string;
}

/** The line of the list has to fit into HAProxy's buffer, too. 100 names, an authority's limit, take 5,000 as a rule. */
const NAMES_MAX_BYTES = 12_000;
/** HAProxy reads 2,048 words of a line. */
const NAMES_MAX = 1_000;

const ID = /^[0-9a-f]{32}$/;
const NAME = /^(?=.{1,253}$)(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
const RSA_MIN_BITS = 2_048;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----/g;
/** What OpenSSL 3.0 under HAProxy knows and takes for strong enough; Node's own is newer, and takes more. */
const KEY_TYPES = new Set<string | undefined>(["rsa", "ec", "ed25519"]);
const CURVES = new Set([undefined, "prime256v1", "secp384r1", "secp521r1"]);
const KEY_DEMAND = "RSA from 2,048 bits, ECDSA on P-256, P-384 or P-521, or Ed25519";
const SIGNATURES = /sha(224|256|384|512)|ed25519|rsassapss/i;
/** `id-pe-tlsfeature` as it stands in a certificate: clients then demand a stapled OCSP response, which the edge has not. */
const TLS_FEATURE = Buffer.from("06082b06010505070118", "hex");

/** Throws InvalidParameter when HAProxy could not use it; its message has nothing of the key. */
export function certificateFile(certificate: EdgeCertificate, rank: number): CertificateFile {
  const { id, chainPem, keyPem } = certificate;
  if (!ID.test(id)) throw refusal("id", "is not 32 hexadecimal digits");
  const names = checkedNames(certificate.names);
  const { pem, leaf } = checkedPair(chainPem, keyPem);
  const digest = createHash("sha256").update(pem).digest("hex").slice(0, 16);
  const fingerprint = leaf.fingerprint256.replaceAll(":", "").toLowerCase();
  const header = `# ${[id, rank, ...names].join(" ")}\n`;
  return { id, names, fingerprint, fileName: `${id}-${digest}.pem`, rank, pem, text: `${header}${pem}` };
}

/** null for a text that is not exactly what we write under this name. */
export function parseCertificateFile(fileName: string, text: string): CertificateFile | null {
  const [, id = "", rank = "", names = ""] = /^# (\S+) (\d{1,15}) (.+)\n/.exec(text) ?? [];
  try {
    const parts = { id, names: names.split(" "), chainPem: text, keyPem: text };
    const found = certificateFile({ ...parts, ...splitPem(text) }, Number(rank));
    return found.fileName === fileName && found.text === text ? found : null;
  } catch {
    return null;
  }
}

/** Chain and key as HAProxy takes them, with their leaf. Throws InvalidParameter. */
export function checkedPair(
  chainPem: string,
  keyPem: string,
): { readonly pem: string; readonly leaf: X509Certificate } {
  const chain = parseChain(chainPem);
  const [leaf] = chain;
  const key = parseKey(keyPem);
  if (!leaf.checkPrivateKey(key)) throw refusal("keyPem", "does not belong to the first certificate");
  if (leaf.raw.includes(TLS_FEATURE)) {
    throw refusal("chainPem", "demands a stapled OCSP response (must-staple), which the edge cannot give");
  }
  const chainText = chain.map((certificate) => certificate.toString()).join("");
  const keyText = key.export({ type: "pkcs8", format: "pem" }).toString();
  const pem = chainText + keyText;
  if (pem.length <= SERVED_PEM_MAX_BYTES) return { pem, leaf };
  throw refusal("chainPem", `and its key have ${pem.length} bytes, ${SERVED_PEM_MAX_BYTES} are the most`);
}

function checkedNames(names: readonly string[]): readonly string[] {
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined) throw refusal("names", `"${odd.slice(0, 253)}" is not a host name`);
  if (names.length === 0) throw refusal("names", "is empty");
  const sorted = [...new Set(names)].sort();
  if (sorted.length <= NAMES_MAX && sorted.join(" ").length <= NAMES_MAX_BYTES) return sorted;
  throw refusal("names", `are ${sorted.length}; ${NAMES_MAX} with ${NAMES_MAX_BYTES} bytes are the most`);
}

function parseChain(chainPem: string): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = blocksOf(chainPem);
  const odd = blocks.find(({ label }) => label !== "CERTIFICATE");
  if (odd !== undefined)
    throw refusal("chainPem", `has a part "${odd.label}", only certificates belong there`);
  const [leaf, ...others] = blocks.map(({ text }) => parseCertificate(text));
  if (leaf === undefined) throw refusal("chainPem", "has no certificate in PEM");
  const links = [leaf, ...others];
  const broken = others.findIndex((issuer, index) => links[index]?.checkIssued(issuer) !== true);
  if (broken === -1) return [leaf, ...others];
  throw refusal("chainPem", `is out of order: certificate ${broken + 2} did not issue the one before it`);
}

function parseCertificate(text: string): X509Certificate {
  const certificate = readCertificate(text);
  if (!isStrong(certificate.publicKey))
    throw refusal("chainPem", `has a certificate whose key is none of ${KEY_DEMAND}`);
  const { signatureAlgorithm = "" } = certificate;
  // Nobody relies on the signature of a self-signed one.
  if (SIGNATURES.test(signatureAlgorithm) || certificate.checkIssued(certificate)) return certificate;
  throw refusal("chainPem", `has a certificate that is signed with ${signatureAlgorithm}, which is too weak`);
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw refusal("chainPem", "has a certificate that cannot be read");
  }
}

function parseKey(keyPem: string): KeyObject {
  const blocks = blocksOf(keyPem).filter(({ label }) => label !== "EC PARAMETERS");
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) throw refusal("keyPem", "has to be one private key in PEM");
  const key = readKey(block.text);
  if (!isStrong(key)) throw refusal("keyPem", `has to be ${KEY_DEMAND}`);
  return key;
}

function readKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // The reason may quote the key.
    throw refusal("keyPem", "is not a private key in PEM without a passphrase");
  }
}

function isStrong(key: KeyObject): boolean {
  const { namedCurve, modulusLength = RSA_MIN_BITS } = key.asymmetricKeyDetails ?? {};
  const isKnown = KEY_TYPES.has(key.asymmetricKeyType) && CURVES.has(namedCurve);
  return isKnown && modulusLength >= RSA_MIN_BITS;
}

/** What a file of ours holds. */
export function splitPem(text: string): { readonly chainPem: string; readonly keyPem: string } {
  const isKey = ({ label }: Block): boolean => label.endsWith("PRIVATE KEY");
  const blocks = blocksOf(text);
  return {
    chainPem: joined(blocks.filter((block) => !isKey(block))),
    keyPem: joined(blocks.filter(isKey)),
  };
}

interface Block {
  readonly label: string;
  readonly text: string;
}

function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(BLOCK)].map(([block, label = ""]) => ({ label, text: block }));
}

function joined(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => `${text}\n`).join("");
}

function refusal(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path: `EdgeCertificate.${path}`, problem });
}
