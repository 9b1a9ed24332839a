/** DomainCommands on the store alone, for tests of the API: rows are kept, and nothing is asked of anybody. */
import type { Certificate } from "../../domain/certificate.ts";
import { type CustomDomain, namesOf } from "../../domain/custom-domain.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { DomainCommands, ValidationRecord } from "../../ports/domain-commands.ts";
import type { Store } from "../../ports/store.ts";

export const testAuthorityPem = `-----BEGIN CERTIFICATE-----
MIIBiDCCAS2gAwIBAgIUXHIST7MvALLwBcfi3UY+FSf+2K0wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwHhcNMjYxMTIxMDYxMDI1WhcNMzYx
MTE4MDYxMDI1WjAZMRcwFQYDVQQDDA5UZXN0IGF1dGhvcml0eTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABJUec5xEh3xXgZ/yZwisQJP2SOQW5DJKC4VUKP2g2GQ8
TzQMA7Y3YqrMOt2mA/k6/lfnUOTMg+6yr0uUsFgP3cOjUzBRMB0GA1UdDgQWBBR4
CyNWIawAwAN03+tRt/lHwA0GDjAfBgNVHSMEGDAWgBR4CyNWIawAwAN03+tRt/lH
wA0GDjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDXv3NoMZqf
AvxK3ubR7vwMhw3BBPwcsgFkZIrMGJUrVgIhAPiG1viLbeMZr6w1HVIKtWbGRl0o
BmF6gljHuzQUjOjy
-----END CERTIFICATE-----
`;

export class FakeDomainCommands implements DomainCommands {
  readonly #store: Store;
  readonly checked: string[] = [];
  readonly imported: Parameters<DomainCommands["importCertificate"]>[0][] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  async associate(request: Parameters<DomainCommands["associate"]>[0]): Promise<CustomDomain> {
    const { serviceId, domainName: name, enableWwwSubdomain } = request;
    const domain: CustomDomain = {
      serviceId,
      name,
      enableWwwSubdomain,
      status: "creating",
      challengeLabels: {},
      problem: null,
      records: [],
      checkedAtMs: null,
      createdAtMs: 1,
      updatedAtMs: 1,
    };
    await this.#store.customDomains.save(domain);
    return domain;
  }

  async disassociate({ domainName }: Parameters<DomainCommands["disassociate"]>[0]): Promise<CustomDomain> {
    const domain = await this.#get(domainName);
    await this.#store.customDomains.remove(domainName);
    return { ...domain, status: "deleting" };
  }

  async checkNow(domainName: string): Promise<CustomDomain> {
    this.checked.push(domainName);
    return this.#get(domainName);
  }

  async importCertificate(request: Parameters<DomainCommands["importCertificate"]>[0]): Promise<Certificate> {
    this.imported.push(request);
    const certificate: Certificate = {
      id: "c".repeat(32),
      origin: "imported",
      names: ["shop.example.com"],
      chainPem: request.certificatePem,
      sealedKey: "sealed",
      fingerprint: "f".repeat(64),
      issuer: "CN=Somebody",
      notBeforeMs: 1_000,
      notAfterMs: 2_000,
      createdAtMs: 1,
    };
    await this.#store.certificates.save(certificate);
    return certificate;
  }

  async deleteCertificate(certificateId: string): Promise<void> {
    if ((await this.#store.certificates.get(certificateId)) === null) throw missing(certificateId);
    await this.#store.certificates.remove(certificateId);
  }

  validationRecords(domain: CustomDomain): readonly ValidationRecord[] {
    return namesOf(domain).map((name) => ({
      name: `_acme-challenge.${name}.`,
      value: `label-of-${name}.acme.example.com.`,
      status: "PENDING_VALIDATION",
    }));
  }

  localAuthorityPem(): string {
    return testAuthorityPem;
  }

  async #get(name: string): Promise<CustomDomain> {
    const domain = await this.#store.customDomains.get(name);
    if (domain === null) throw missing(name);
    return domain;
  }
}

function missing(arn: string): SlipwayError {
  return new SlipwayError("NoSuchResource", { kind: "Custom domain", arn });
}
