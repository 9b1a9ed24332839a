import type { Handler } from "../handler.ts";
import { filtered, readPage } from "../paging.ts";
import { toWireConnection } from "../resources/connection.ts";

/** App Runner API, ListConnections: all, or the one of that name. */
export const listConnections: Handler<"ListConnections"> = async (input, context) => {
  const { ConnectionName: name } = input;
  const page = await readPage(
    { operation: "ListConnections", input },
    context,
    filtered(
      (request) => context.store.connections.list(request),
      (row) => name === undefined || row.name === name,
    ),
  );
  return { ConnectionSummaryList: page.rows.map(toWireConnection), ...page.nextToken };
};
