// Our own operations on custom domains and certificates, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;
const notFound = [...common, "ResourceNotFoundException"] as const;

export const domainOperations = {
  CheckCustomDomain: {
    input: "CheckCustomDomainRequest",
    output: "CheckCustomDomainResponse",
    errors: notFound,
    says: "Looks at a custom domain's records now, and goes on with whatever waited for them.",
  },
  DeleteCertificate: {
    input: "DeleteCertificateRequest",
    output: "DeleteCertificateResponse",
    errors: notFound,
    says: "Takes an imported certificate away.",
  },
  GetLocalAuthority: {
    input: "GetLocalAuthorityRequest",
    output: "GetLocalAuthorityResponse",
    errors: common,
    says: "Gives the certificate of this installation's own authority, for clients to trust.",
  },
  ImportCertificate: {
    input: "ImportCertificateRequest",
    output: "ImportCertificateResponse",
    errors: notFound,
    says: "Takes a certificate of the user's own, for the custom domains whose names it covers.",
  },
  ListCertificates: {
    input: "ListCertificatesRequest",
    output: "ListCertificatesResponse",
    errors: common,
    says: "Lists certificates, the newest first.",
  },
  ListDomains: {
    input: "ListDomainsRequest",
    output: "ListDomainsResponse",
    errors: notFound,
    says: "Lists custom domains with what is missing for each, and how far its certificate is.",
  },
} as const satisfies OperationModels;

export const domainShapes = {
  CheckCustomDomainRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service it belongs to" },
      DomainName: { type: "string", required: true, says: "the domain" },
    },
  },
  CheckCustomDomainResponse: {
    kind: "structure",
    members: { Domain: { type: "Domain", required: true, says: "the domain as it is now" } },
  },

  ListDomainsRequest: {
    kind: "structure",
    members: { ServiceArn: { type: "string", says: "those of one service; all of them unless given" } },
  },
  ListDomainsResponse: {
    kind: "structure",
    members: { Domains: { type: "DomainList", required: true, says: "in order of their names" } },
  },
  DomainList: { kind: "list", element: "Domain" },
  Domain: {
    kind: "structure",
    members: {
      DomainName: { type: "string", required: true, says: "the domain" },
      ServiceArn: { type: "string", required: true, says: "ARN of the service it leads to" },
      ServiceName: { type: "string", required: true, says: "its name" },
      EnableWWWSubdomain: { type: "boolean", required: true, says: "whether www leads there too" },
      Status: { type: "string", required: true, says: "as DescribeCustomDomains tells it" },
      Problem: {
        type: "string",
        says: "why it is not active, or what endangers it; absent when all is well",
      },
      DnsTarget: { type: "string", required: true, says: "where the domain has to lead: a host name" },
      CheckedAt: { type: "timestamp", says: "when its records were last looked at; absent before that" },
      Records: { type: "DomainRecordList", required: true, says: "each record as expected and as seen" },
      Certificate: { type: "CertificateSummary", says: "what is served for it; absent before the first" },
      RenewAt: { type: "timestamp", says: "when the certificate is to be replaced; absent when nobody can" },
      LastAttemptAt: {
        type: "timestamp",
        says: "when the authority was asked last and did not issue; absent when it never refused",
      },
      NextAttemptAt: {
        type: "timestamp",
        says: "when the authority is asked next; absent while nothing is to be done",
      },
    },
  },
  DomainRecordList: { kind: "list", element: "DomainRecord" },
  DomainRecord: {
    kind: "structure",
    members: {
      DomainName: { type: "string", required: true, says: "which of the domain's names it is for" },
      Purpose: { type: "DomainRecordPurpose", required: true, says: "what it is good for" },
      Name: { type: "string", required: true, says: "of the record" },
      Type: { type: "string", required: true, says: "CNAME, or A or AAAA" },
      Expected: { type: "string", required: true, says: "what should be there" },
      Seen: { type: "DomainRecordTextList", required: true, says: "what the authoritative servers answered" },
      Verdict: { type: "DomainRecordVerdict", required: true, says: "how the two compare" },
      Problem: { type: "string", says: "what is wrong and what would be right; absent when it is right" },
    },
  },
  DomainRecordTextList: { kind: "list", element: "string" },
  DomainRecordPurpose: { kind: "enum", values: ["validation", "traffic"] },
  DomainRecordVerdict: {
    kind: "enum",
    values: ["right", "missing", "wrong", "loop", "unreachable", "needless"],
  },

  ListCertificatesRequest: { kind: "structure", members: {} },
  ListCertificatesResponse: {
    kind: "structure",
    members: { Certificates: { type: "CertificateSummaryList", required: true, says: "the newest first" } },
  },
  CertificateSummaryList: { kind: "list", element: "CertificateSummary" },
  CertificateSummary: {
    kind: "structure",
    members: {
      CertificateId: { type: "string", required: true, says: "32 hexadecimal digits" },
      Origin: { type: "CertificateOrigin", required: true, says: "who issued it" },
      Names: { type: "CertificateNameList", required: true, says: "DNS names it is for" },
      Issuer: { type: "string", required: true, says: "as the issuer calls itself" },
      Fingerprint: { type: "string", required: true, says: "SHA-256, hexadecimal" },
      NotBefore: { type: "timestamp", required: true, says: "when it begins to be valid" },
      NotAfter: { type: "timestamp", required: true, says: "when it ends" },
    },
  },
  CertificateNameList: { kind: "list", element: "string" },
  CertificateOrigin: { kind: "enum", values: ["acme", "imported", "local"] },

  ImportCertificateRequest: {
    kind: "structure",
    members: {
      Certificate: { type: "string", required: true, says: "PEM; the chain may follow in the same text" },
      PrivateKey: { type: "CertificateKeyText", required: true, says: "PEM, without a passphrase" },
      CertificateChain: { type: "string", says: "PEM of the issuers, the certificate's own first" },
      CertificateId: { type: "string", says: "an imported one that this replaces" },
    },
  },
  CertificateKeyText: { kind: "sensitive" },
  ImportCertificateResponse: {
    kind: "structure",
    members: { Certificate: { type: "CertificateSummary", required: true, says: "the certificate" } },
  },

  DeleteCertificateRequest: {
    kind: "structure",
    members: { CertificateId: { type: "string", required: true, says: "an imported one" } },
  },
  DeleteCertificateResponse: { kind: "structure", members: {} },

  GetLocalAuthorityRequest: { kind: "structure", members: {} },
  GetLocalAuthorityResponse: {
    kind: "structure",
    members: {
      Certificate: { type: "string", required: true, says: "PEM" },
      Fingerprint: { type: "string", required: true, says: "SHA-256, hexadecimal" },
    },
  },
} as const satisfies Shapes;
