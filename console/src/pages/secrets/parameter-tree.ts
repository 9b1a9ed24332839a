/** Parameters by path: `/shop/db/host` stands below `shop/`, `db/`. A path with one thing below it is one row with it. */

export interface Named {
  readonly Name?: string | undefined;
}

export interface ParameterNode<Parameter extends Named> {
  /** The path so far, with a slash at the end where something stands below it. */
  readonly id: string;
  /** What this row adds to the one above it. */
  readonly label: string;
  /** Null: a path only. */
  readonly parameter: Parameter | null;
  readonly children: readonly ParameterNode<Parameter>[];
  /** Parameters in it and below it. */
  readonly count: number;
}

export function parameterTree<Parameter extends Named>(
  parameters: readonly Parameter[],
): readonly ParameterNode<Parameter>[] {
  return nodesBelow("", parameters);
}

function nodesBelow<Parameter extends Named>(
  path: string,
  parameters: readonly Parameter[],
): readonly ParameterNode<Parameter>[] {
  const groups = Map.groupBy(parameters, ({ Name = "" }) => firstPart(Name.slice(path.length)));
  const nodes = [...groups].map(([part, members]) => nodeOf(path, part, members));
  return nodes.toSorted((one, other) => one.label.localeCompare(other.label, "en", { numeric: true }));
}

function nodeOf<Parameter extends Named>(
  path: string,
  part: string,
  members: readonly Parameter[],
): ParameterNode<Parameter> {
  const id = path + part;
  if (!part.endsWith("/")) return { id, label: part, parameter: members[0] ?? null, children: [], count: 1 };
  const children = nodesBelow(id, members);
  const [only] = children;
  if (children.length === 1 && only !== undefined) return { ...only, label: part + only.label };
  return { id, label: part, parameter: null, children, count: members.length };
}

/** Up to and with the next slash; one at the beginning is no end. */
function firstPart(rest: string): string {
  const slash = rest.indexOf("/", 1);
  return slash === -1 ? rest : rest.slice(0, slash + 1);
}
