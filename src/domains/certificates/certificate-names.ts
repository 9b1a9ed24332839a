/** DNS names of a certificate. */
import type { X509Certificate } from "node:crypto";
import { domainToASCII } from "node:url";

const NAME = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Lower case, ASCII, without dots at the end; none twice. What no server is asked for (addresses, `a*.example.com`) is left out. */
export function namesIn({ subjectAltName }: Pick<X509Certificate, "subjectAltName">): readonly string[] {
  // As node writes it: `DNS:a.example.com, IP Address:192.0.2.1`, odd values as JSON strings.
  const entries = (subjectAltName ?? "").match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  const names = entries
    .map((entry) => /^ ?DNS:(.*)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined)
    .map(canonical)
    .filter((name) => NAME.test(name) && name.length <= 253);
  return [...new Set(names)];
}

function canonical(name: string): string {
  const bare = name.toLowerCase().replace(/\.$/, "");
  return bare.startsWith("*.") ? `*.${domainToASCII(bare.slice(2))}` : domainToASCII(bare);
}
