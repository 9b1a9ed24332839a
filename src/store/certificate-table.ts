/** Certificates, and how far each subject's certificate is. Both are few, and looked at as a whole. */
import type { Certificate, Issuance } from "../domain/certificate.ts";
import type { CertificateTable, IssuanceTable } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import type { Queries, Session } from "./session.ts";

export function certificateTable(session: Session): CertificateTable {
  return {
    get: (id) => session.read((db) => getCertificate(db, id)),
    listAll: () => session.read(listCertificates),
    save: (certificate) => session.write((db) => saveCertificate(db, certificate)),
    remove: (id) =>
      session.write(async (db) => void (await db.deleteFrom("certificates").where("id", "=", id).execute())),
  };
}

export function issuanceTable(session: Session): IssuanceTable {
  return {
    get: (subject) => session.read((db) => getIssuance(db, subject)),
    listAll: () => session.read(listIssuances),
    save: (issuance) => session.write((db) => saveIssuance(db, issuance)),
    remove: (subject) =>
      session.write(
        async (db) => void (await db.deleteFrom("issuances").where("subject", "=", subject).execute()),
      ),
  };
}

async function getCertificate(db: Queries, id: string): Promise<Certificate | null> {
  const stored = await db
    .selectFrom("certificates")
    .select(["id", "document"])
    .where("id", "=", id)
    .executeTakeFirst();
  return stored === undefined ? null : toCertificate(stored);
}

async function listCertificates(db: Queries): Promise<readonly Certificate[]> {
  const stored = await db
    .selectFrom("certificates")
    .select(["id", "document"])
    .orderBy("created_at_ms", "desc")
    .orderBy("id", "desc")
    .execute();
  return stored.map(toCertificate);
}

async function saveCertificate(db: Queries, certificate: Certificate): Promise<void> {
  const row = { created_at_ms: certificate.createdAtMs, document: writeDocument(certificate) };
  await db
    .insertInto("certificates")
    .values({ id: certificate.id, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

function toCertificate({ id, document }: { readonly id: string; readonly document: string }): Certificate {
  return readDocument({ table: "certificates", id, document }) as Certificate;
}

async function getIssuance(db: Queries, subject: string): Promise<Issuance | null> {
  const stored = await db
    .selectFrom("issuances")
    .select(["subject", "document"])
    .where("subject", "=", subject)
    .executeTakeFirst();
  return stored === undefined ? null : toIssuance(stored);
}

async function listIssuances(db: Queries): Promise<readonly Issuance[]> {
  const stored = await db
    .selectFrom("issuances")
    .select(["subject", "document"])
    .orderBy("subject")
    .execute();
  return stored.map(toIssuance);
}

async function saveIssuance(db: Queries, issuance: Issuance): Promise<void> {
  const row = { document: writeDocument(issuance) };
  await db
    .insertInto("issuances")
    .values({ subject: issuance.subject, ...row })
    .onConflict((conflict) => conflict.column("subject").doUpdateSet(row))
    .execute();
}

function toIssuance({
  subject,
  document,
}: {
  readonly subject: string;
  readonly document: string;
}): Issuance {
  return readDocument({ table: "issuances", id: subject, document }) as Issuance;
}
