/**
 * The installation's own authority: for names below its base domain while no public one certified them. Clients that trust it trust it
 * for the installation's names only: its certificate is constrained to them, to servers, and to no further authorities.
 *
 * It is made once and kept; one that no longer fits (other base domain, ends soon, unreadable) is replaced, and has to be
 * trusted anew.
 */
import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { fingerprintOf } from "./certificate-check.ts";
import { SealBroken } from "../../ports/vault.ts";
import type { KeyedChain } from "../certificate-tools.ts";
import { type CertificateWish, type Made, makeCertificate } from "./certificate-maker.ts";

/** Where the authority is kept, its key readable: whoever implements this seals it. */
export interface AuthorityKeeping {
  load(): Promise<string | null>;
  save(text: string): Promise<void>;
}

export interface LocalAuthorityOptions {
  /** Names that it may certify, with all below: the base domain. */
  readonly domains: readonly string[];
  readonly keeping: AuthorityKeeping;
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3652;
/** As long as those of public authorities, so that renewal is nothing special. Clients refuse more than 397. */
const LEAF_DAYS = 90;
/** A leaf must not outlive its authority, and people need time to trust a new one. */
const REPLACED_BEFORE_END_DAYS = 365;
/** Other machines' clocks are wrong, too. */
const SKEW_MS = 3_600_000;

export class LocalAuthority {
  readonly #domains: readonly string[];
  readonly #made: Made;
  readonly certificate: X509Certificate;

  private constructor(domains: readonly string[], made: Made) {
    this.#domains = domains;
    this.#made = made;
    this.certificate = new X509Certificate(made.certificatePem);
  }

  /** The kept one while it fits, else a new one. */
  static async open(options: LocalAuthorityOptions): Promise<LocalAuthority> {
    const kept = parseKept(await loadOpened(options.keeping));
    if (kept !== null && isUsable(kept, options)) return new LocalAuthority(options.domains, kept.made);
    const made = await makeAuthority(options);
    const text = JSON.stringify({ ...made, domains: options.domains } satisfies KeptText);
    await options.keeping.save(text);
    return new LocalAuthority(options.domains, made);
  }

  /** What clients have to trust. */
  get pem(): string {
    return this.#made.certificatePem;
  }

  /** SHA-256, lower-case hex. */
  get fingerprint(): string {
    return fingerprintOf(this.certificate);
  }

  /** Whether clients would believe it for this name (wildcards as `*.…`). */
  mayCertify(name: string): boolean {
    const bare = name.replace(/^\*\./, "");
    return this.#domains.some((domain) => bare === domain || bare.endsWith(`.${domain}`));
  }

  /** For names that it may certify; throws RangeError for others. */
  async issue(names: readonly string[], nowMs: number): Promise<KeyedChain> {
    const foreign = names.find((name) => !this.mayCertify(name));
    if (foreign !== undefined || names.length === 0) {
      throw new RangeError(`The local authority may not certify ${foreign ?? "nothing"}.`);
    }
    const { certificatePem, keyPem } = await makeCertificate({
      kind: "server",
      names,
      commonName: null,
      issuer: this.#made,
      ...lifeFrom(nowMs, LEAF_DAYS),
    });
    return { chainPem: certificatePem, keyPem };
  }
}

/** For names that the authority may not certify: encrypted, though nobody vouches for it. */
export async function makeSelfSigned(names: readonly string[], nowMs: number): Promise<KeyedChain> {
  const commonName = "self-signed by Slipway";
  const life = lifeFrom(nowMs, LEAF_DAYS);
  const { certificatePem, keyPem } = await makeCertificate({
    kind: "server",
    names,
    commonName,
    issuer: null,
    ...life,
  });
  return { chainPem: certificatePem, keyPem };
}

function makeAuthority({ domains, nowMs }: LocalAuthorityOptions): Promise<Made> {
  return makeCertificate({
    kind: "authority",
    // Several installations on one machine are told apart.
    commonName: `Slipway local authority ${randomBytes(4).toString("hex")}`,
    names: domains,
    issuer: null,
    ...lifeFrom(nowMs, AUTHORITY_DAYS),
  });
}

function lifeFrom(nowMs: number, days: number): Pick<CertificateWish, "notBeforeMs" | "notAfterMs"> {
  return { notBeforeMs: nowMs - SKEW_MS, notAfterMs: nowMs + days * DAY_MS };
}

interface KeptText extends Made {
  readonly domains: readonly string[];
}

interface Kept {
  readonly made: Made;
  readonly domains: readonly string[];
}

/** Null where the master key is another one by now: the authority is lost with the old one, and services are not. */
async function loadOpened(keeping: AuthorityKeeping): Promise<string | null> {
  try {
    return await keeping.load();
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

/** Null for what is not there, or is not what was saved. */
function parseKept(text: string | null): Kept | null {
  if (text === null) return null;
  try {
    const { certificatePem, keyPem, domains } = JSON.parse(text) as KeptText;
    const isWhole = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
    return isWhole && Array.isArray(domains) ? { made: { certificatePem, keyPem }, domains } : null;
  } catch {
    return null;
  }
}

function isUsable({ made, domains: kept }: Kept, { domains, nowMs }: LocalAuthorityOptions): boolean {
  const { validToDate } = new X509Certificate(made.certificatePem);
  const lasts = validToDate.getTime() - nowMs > REPLACED_BEFORE_END_DAYS * DAY_MS;
  return lasts && kept.length === domains.length && domains.every((domain) => kept.includes(domain));
}
