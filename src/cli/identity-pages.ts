/** What IAM lists page by page, read to its end. */
import type { IdentityType } from "../contract/operations.ts";
import type { Client, Wire } from "./client.ts";

export type UserEntry = Wire<IdentityType<"IamUser">>;
export type RoleEntry = Wire<IdentityType<"IamRole">>;
export type PolicyEntry = Wire<IdentityType<"IamPolicy">>;

interface Cut {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

async function readAll<Page extends Cut, Row>(
  read: (page: { readonly Marker?: string }) => Promise<Page>,
  rowsOf: (page: Page) => readonly Row[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let marker: string | undefined;
  do {
    const page = await read(marker === undefined ? {} : { Marker: marker });
    rows.push(...rowsOf(page));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  return rows;
}

export function listUsers(client: Client): Promise<readonly UserEntry[]> {
  return readAll(
    (page) => client.call("AWSIdentityManagementV20100508.ListUsers", page),
    ({ Users }) => Users,
  );
}

export function listRoles(client: Client): Promise<readonly RoleEntry[]> {
  return readAll(
    (page) => client.call("AWSIdentityManagementV20100508.ListRoles", page),
    ({ Roles }) => Roles,
  );
}

export function listPolicies(client: Client, scope: "All" | "Local"): Promise<readonly PolicyEntry[]> {
  return readAll(
    (page) => client.call("AWSIdentityManagementV20100508.ListPolicies", { Scope: scope, ...page }),
    ({ Policies }) => Policies ?? [],
  );
}
