/** Certificates of users' own: taken, replaced, deleted. */
import { type Certificate, type CertificateSubject, certificateKeyPurpose } from "../domain/certificate.ts";
import { SlipwayError } from "../domain/error.ts";
import type { DomainCommands } from "../ports/domain-commands.ts";
import { type CertificateFacts, chooseCertificate, covers } from "./certificate-choice.ts";
import type { KeeperContext } from "./keeper-context.ts";

/** Returns it, and whom it concerns. */
export async function importCertificate(
  { certificateId, ...given }: Parameters<DomainCommands["importCertificate"]>[0],
  context: KeeperContext,
): Promise<{ readonly certificate: Certificate; readonly subjects: readonly CertificateSubject[] }> {
  const { ports, shelf } = context;
  const { tools, clock, vault, ids, store } = ports;
  const { chainPem, keyPem } = tools.readImport(given, clock.now());
  if (certificateId !== null) importedOne(certificateId, context);
  const described = tools.describe(chainPem);
  const id = certificateId ?? sameAs(described, context)?.id ?? ids.hex32();
  const certificate: Certificate = {
    ...described,
    id,
    origin: "imported",
    chainPem,
    sealedKey: vault.seal(certificateKeyPurpose(id), keyPem),
    createdAtMs: clock.now(),
  };
  const left = usersWithoutOther(id, context).find(
    ([, names]) => !names.every((name) => covers(certificate.names, name)),
  );
  if (left !== undefined) {
    const problem = `it does not cover ${left[1].join(", ")}, which the one that it replaces does`;
    throw new SlipwayError("InvalidParameter", { path: "Certificate", problem });
  }
  const users = usersOf(id, context).map(([subject]) => subject);
  await store.transaction(async (tx) => tx.certificates.save(certificate));
  shelf.put(certificate);
  return { certificate, subjects: [...new Set([...users, ...coveredBy(certificate, context)])] };
}

/** Returns who has used it. */
export async function deleteCertificate(
  id: string,
  context: KeeperContext,
): Promise<readonly CertificateSubject[]> {
  importedOne(id, context);
  const left = usersWithoutOther(id, context).flatMap(([, names]) => names);
  if (left.length > 0) {
    throw new SlipwayError("ResourceInUse", {
      kind: "Certificate",
      arn: id,
      users: left.join(", "),
      remedy: "Import another one for it first, or disassociate the domain.",
    });
  }
  const users = usersOf(id, context).map(([subject]) => subject);
  await context.ports.store.certificates.remove(id);
  context.shelf.remove(id);
  return users;
}

/** The same one again, for instance after an answer that was lost: it stays one. */
function sameAs(
  { names, fingerprint }: Pick<CertificateFacts, "names" | "fingerprint">,
  { shelf }: KeeperContext,
): CertificateFacts | null {
  for (const one of shelf.about(names[0] ?? "")) {
    if (one.origin === "imported" && one.fingerprint === fingerprint) return one;
  }
  return null;
}

function importedOne(id: string, { shelf }: KeeperContext): CertificateFacts {
  const present = shelf.get(id);
  if (present === null) throw new SlipwayError("NoSuchResource", { kind: "Certificate", arn: id });
  if (present.origin === "imported") return present;
  const problem = "only imported certificates can be replaced or deleted; this one is kept by Slipway itself";
  throw new SlipwayError("InvalidParameter", { path: "CertificateId", problem });
}

type User = readonly [CertificateSubject, readonly string[]];

function usersOf(id: string, { index }: KeeperContext): readonly User[] {
  return [...index.entries()].flatMap(([subject, { names, certificateId }]): readonly User[] =>
    certificateId === id && names.length > 0 ? [[subject, names]] : [],
  );
}

function usersWithoutOther(id: string, context: KeeperContext): readonly User[] {
  const { shelf, ports } = context;
  return usersOf(id, context).filter(([, names]) => {
    const others = [...shelf.about(names[0] ?? "")].filter((other) => other.id !== id);
    return chooseCertificate(names, others, ports.clock.now()) === null;
  });
}

function coveredBy({ names: covered }: Certificate, { index }: KeeperContext): readonly CertificateSubject[] {
  return [...index.entries()].flatMap(([subject, { names }]) =>
    names.length > 0 && names.every((name) => covers(covered, name)) ? [subject] : [],
  );
}
