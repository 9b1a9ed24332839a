/** A custom domain as App Runner's clients see it. */
import type * as Wire from "../../contract/index.ts";
import type { CustomDomain } from "../../domain/custom-domain.ts";
import type { Service } from "../../domain/service.ts";
import type { ValidationRecord } from "../../ports/domain-commands.ts";

export function customDomainToWire(
  { name, enableWwwSubdomain, status }: CustomDomain,
  records: readonly ValidationRecord[],
): Wire.CustomDomain {
  return {
    DomainName: name,
    EnableWWWSubdomain: enableWwwSubdomain,
    CertificateValidationRecords: records.map((record) => ({
      Name: record.name,
      Type: "CNAME",
      Value: record.value,
      Status: record.status,
    })),
    Status: status,
  };
}

/** What associating and disassociating answer. */
export function customDomainReply(
  service: Service,
  domain: CustomDomain,
  records: readonly ValidationRecord[],
): Wire.OutputOf<"AssociateCustomDomain"> {
  return {
    DNSTarget: service.host,
    ServiceArn: service.arn,
    CustomDomain: customDomainToWire(domain, records),
    VpcDNSTargets: [],
  };
}
