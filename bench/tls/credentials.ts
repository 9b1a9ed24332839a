/** Certificates as public authorities make them now: ECDSA P-256, the leaf and one above it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EdgeCertificate } from "../../src/ports/edge-tls.ts";
import { makeAuthority, makeCertificate } from "../../src/edge/testing/certificates.ts";

export interface Credentials {
  readonly certificate: EdgeCertificate;
  readonly chainPath: string;
  readonly keyPath: string;
  /** Both in one, as HAProxy has them. */
  readonly pemPath: string;
}

/** The first is for `n0.bench.test`, and so on. */
export async function makeCredentials(directory: string, count: number): Promise<readonly Credentials[]> {
  const issuer = await makeAuthority();
  const made: Credentials[] = [];
  for (let index = 0; index < count; index++) {
    const certificate = await makeCertificate([`n${index}.bench.test`], { issuer });
    made.push(write(directory, certificate));
  }
  return made;
}

function write(directory: string, certificate: EdgeCertificate): Credentials {
  const { id, chainPem, keyPem } = certificate;
  const at = (ending: string): string => join(directory, `${id}.${ending}`);
  const paths = { chainPath: at("crt"), keyPath: at("key"), pemPath: at("pem") };
  writeFileSync(paths.chainPath, chainPem);
  writeFileSync(paths.keyPath, keyPem);
  writeFileSync(paths.pemPath, chainPem + keyPem);
  return { certificate, ...paths };
}
