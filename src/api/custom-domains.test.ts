// Custom domains and certificates over the real socket, with AWS's own client where AWS has an operation.
import {
  AssociateCustomDomainCommand,
  DescribeCustomDomainsCommand,
  DisassociateCustomDomainCommand,
  InvalidRequestException,
  ResourceNotFoundException,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RecordCheck } from "../domain/record-check.ts";
import { type FakeDomainCommands, testAuthorityPem } from "./testing/fake-domain-commands.ts";
import { aService, makeService } from "./testing/requests.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { serviceArnPrefix, startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;
let domains: FakeDomainCommands;
let ServiceArn: string;
let host: string;
let id: string;

beforeEach(async () => {
  slipway = await startTestApi({}, 0);
  domains = slipway.domains;
  const service = await makeService(slipway, aService("web1"));
  [ServiceArn, id] = [service.ServiceArn ?? "", service.ServiceId ?? ""];
  host = (service.ServiceUrl ?? "").replace(/:\d+$/, "");
});
afterEach(() => slipway.close());

const associate = (DomainName: string, EnableWWWSubdomain?: boolean) =>
  slipway.client.send(
    new AssociateCustomDomainCommand({
      ServiceArn,
      DomainName,
      ...(EnableWWWSubdomain !== undefined && { EnableWWWSubdomain }),
    }),
  );

describe("a custom domain", () => {
  test("is none at first, and the target is the service's own host, without a port", async () => {
    const reply = await slipway.client.send(new DescribeCustomDomainsCommand({ ServiceArn }));
    expect(reply).toMatchObject({ ServiceArn, DNSTarget: host, CustomDomains: [], VpcDNSTargets: [] });
  });

  test("begins as `creating`, with its www unless that is not wished, and without records", async () => {
    expect(await associate("example.com")).toMatchObject({
      ServiceArn,
      DNSTarget: host,
      VpcDNSTargets: [],
      CustomDomain: {
        DomainName: "example.com",
        EnableWWWSubdomain: true,
        Status: "creating",
        CertificateValidationRecords: [],
      },
    });
    expect((await associate("example.org", false)).CustomDomain?.EnableWWWSubdomain).toBe(false);
    expect((await associate("*.example.net")).CustomDomain?.EnableWWWSubdomain).toBe(false);
  });

  test("is described with a validation record for each of its names, page by page", async () => {
    for (const name of ["b.example.com", "a.example.com", "c.example.com"]) await associate(name);
    const first = await slipway.client.send(new DescribeCustomDomainsCommand({ ServiceArn, MaxResults: 2 }));
    const { NextToken } = first;
    const rest = await slipway.client.send(
      new DescribeCustomDomainsCommand({ ServiceArn, MaxResults: 2, NextToken }),
    );
    const names = [...(first.CustomDomains ?? []), ...(rest.CustomDomains ?? [])];
    expect(names.map(({ DomainName }) => DomainName)).toEqual([
      "a.example.com",
      "b.example.com",
      "c.example.com",
    ]);
    expect(rest.NextToken).toBeUndefined();
    expect(first.CustomDomains?.[0]?.CertificateValidationRecords).toEqual(
      ["a.example.com", "www.a.example.com"].map((name) => ({
        Name: `_acme-challenge.${name}.`,
        Type: "CNAME",
        Value: `label-of-${name}.acme.example.com.`,
        Status: "PENDING_VALIDATION",
      })),
    );
  });

  test("says `deleting` when it is taken away, and is not found then", async () => {
    await associate("example.com");
    const input = { ServiceArn, DomainName: "example.com" };
    const reply = await slipway.client.send(new DisassociateCustomDomainCommand(input));
    expect(reply.CustomDomain).toMatchObject({ DomainName: "example.com", Status: "deleting" });
    await expect(slipway.client.send(new DisassociateCustomDomainCommand(input))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  test("of an unknown service is an InvalidRequestException where the model has no ResourceNotFoundException", async () => {
    const missing = `${serviceArnPrefix}nobody/${"0".repeat(32)}`;
    const input = { ServiceArn: missing, DomainName: "www.example.com" };
    await expect(slipway.client.send(new AssociateCustomDomainCommand(input))).rejects.toBeInstanceOf(
      InvalidRequestException,
    );
  });
});

describe("our own operations on domains", () => {
  const record: RecordCheck = {
    domainName: "example.com",
    purpose: "traffic",
    recordName: "example.com",
    type: "CNAME",
    expected: "web1.example.net",
    seen: ["A 192.0.2.1"],
    verdict: "wrong",
    problem: "Set CNAME example.com to web1.example.net; now it is A 192.0.2.1.",
  };

  test("tell what is missing, with the record seen against the record expected", async () => {
    await associate("example.com");
    const present = await slipway.store.customDomains.get("example.com");
    if (present === null) throw new Error("not saved");
    await slipway.store.customDomains.save({
      ...present,
      status: "pending_certificate_dns_validation",
      problem: "It does not lead here yet.",
      records: [record],
      checkedAtMs: 5_000,
    });
    const seen = {
      DomainName: "example.com",
      ServiceArn,
      ServiceName: "web1",
      EnableWWWSubdomain: true,
      Status: "pending_certificate_dns_validation",
      Problem: "It does not lead here yet.",
      DnsTarget: host,
      CheckedAt: 5,
      Records: [
        {
          DomainName: "example.com",
          Purpose: "traffic",
          Name: "example.com",
          Type: "CNAME",
          Expected: "web1.example.net",
          Seen: ["A 192.0.2.1"],
          Verdict: "wrong",
          Problem: record.problem,
        },
      ],
    };
    for (const input of [{}, { ServiceArn }]) {
      const { body } = await callOperation(slipway, "Slipway.ListDomains", input);
      expect(body).toEqual({ Domains: [seen] });
    }
    const checked = await callOperation(slipway, "Slipway.CheckCustomDomain", {
      ServiceArn,
      DomainName: "Example.com",
    });
    expect(checked.body).toEqual({ Domain: seen });
    expect(domains.checked).toEqual(["example.com"]);
  });

  test("check no domain of another service", async () => {
    await associate("example.com");
    const other = await makeService(slipway, aService("web2"));
    const input = { ServiceArn: other.ServiceArn ?? "", DomainName: "example.com" };
    const answer = await callOperation(slipway, "Slipway.CheckCustomDomain", input);
    expect(answer).toMatchObject({
      status: 400,
      body: { __type: expect.stringMatching(/ResourceNotFound/) },
    });
    expect(domains.checked).toEqual([]);
  });

  test("take, list and drop certificates, and never give a key back", async () => {
    const Certificate = "-----BEGIN CERTIFICATE-----…";
    const PrivateKey = "-----BEGIN PRIVATE KEY-----canary";
    const imported = await callOperation(slipway, "Slipway.ImportCertificate", { Certificate, PrivateKey });
    const summary = {
      CertificateId: "c".repeat(32),
      Origin: "imported",
      Names: ["shop.example.com"],
      Issuer: "CN=Somebody",
      Fingerprint: "f".repeat(64),
      NotBefore: 1,
      NotAfter: 2,
    };
    expect(imported.body).toEqual({ Certificate: summary });
    expect(domains.imported).toEqual([
      { certificatePem: Certificate, privateKeyPem: PrivateKey, chainPem: null, certificateId: null },
    ]);
    expect((await callOperation(slipway, "Slipway.ListCertificates", {})).body).toEqual({
      Certificates: [summary],
    });
    const { CertificateId } = summary;
    expect((await callOperation(slipway, "Slipway.DeleteCertificate", { CertificateId })).status).toBe(200);
    expect((await callOperation(slipway, "Slipway.DeleteCertificate", { CertificateId })).status).toBe(400);
    expect(JSON.stringify(slipway.log)).not.toContain("canary");
  });

  test("with its certificate and the time of its renewal", async () => {
    await associate("shop.example.com", false);
    await callOperation(slipway, "Slipway.ImportCertificate", { Certificate: "c", PrivateKey: "k" });
    await slipway.store.issuances.save({
      subject: "domain:shop.example.com",
      names: ["shop.example.com"],
      certificateId: "c".repeat(32),
      order: null,
      renewAtMs: 9_000,
      nextAttemptMs: 4_000,
      attemptedAtMs: 3_000,
      failureCount: 1,
      problem: "The authority does not answer.",
      warnedAtMs: null,
    });
    const { body } = await callOperation(slipway, "Slipway.ListDomains", { ServiceArn });
    expect(body["Domains"]).toMatchObject([
      {
        DomainName: "shop.example.com",
        ServiceArn: expect.stringContaining(id),
        Certificate: { Names: ["shop.example.com"] },
        RenewAt: 9,
        NextAttemptAt: 4,
        LastAttemptAt: 3,
        Problem: "The authority does not answer.",
      },
    ]);
  });

  test("give the certificate of the installation's own authority", async () => {
    expect((await callOperation(slipway, "Slipway.GetLocalAuthority", {})).body).toEqual({
      Certificate: testAuthorityPem,
      Fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});
