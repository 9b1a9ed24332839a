/** What is wrong with a certificate that somebody gave us, by member of the request. Never holds anything of a key. */
import { SlipwayError } from "../../domain/error.ts";

export type CertificateMember = "Certificate" | "PrivateKey" | "CertificateChain";

/** `problem`: what is wrong and what would be right. */
export function problemOf(path: CertificateMember, problem: string, cause?: unknown): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem }, { cause });
}

/** A name that others gave, in one line. */
export function told(name: string): string {
  const line = name.replaceAll("\n", ", ").replaceAll(/[^\x20-\x7e]/g, "?");
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
