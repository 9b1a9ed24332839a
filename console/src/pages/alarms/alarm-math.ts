/** An expression of several metrics as the form of an alarm has it, and as the API takes it. Pure. */
import type { Input } from "../../api/wire.ts";

type AlarmInput = Input<"GraniteServiceVersion20100801.PutMetricAlarm">;
export type MetricQuery = NonNullable<AlarmInput["Metrics"]>[number];
type Dimensions = NonNullable<AlarmInput["Dimensions"]>;

export interface NamedService {
  readonly name: string;
  readonly id: string;
}

/** What a word of the expression stands for. A label has no field in the form, and stays as it is. */
export type MathTerm =
  | {
      readonly kind: "metric";
      readonly id: string;
      readonly service: NamedService | null;
      readonly metric: string;
      readonly statistic: string;
      readonly label?: string | undefined;
    }
  | {
      readonly kind: "expression";
      readonly id: string;
      readonly expression: string;
      readonly label?: string | undefined;
    }
  /** One that the form has no fields for, for example of a single instance: it stays as it is. */
  | { readonly kind: "kept"; readonly id: string; readonly query: MetricQuery };

export interface MathDraft {
  readonly id: string;
  readonly label: string;
  readonly expression: string;
  readonly terms: readonly MathTerm[];
}

export const TERMS_MAX = 9;
/** As CloudWatch has them. */
const ID = /^[a-z][A-Za-z0-9_]{0,254}$/;
const NAMESPACE = "AWS/AppRunner";
const INSTANCE = "InstanceID";

export function errorRate(service: NamedService | null, label: string): MathDraft {
  const term = (id: string, metric: string): MathTerm => ({
    kind: "metric",
    id,
    service,
    metric,
    statistic: "Sum",
  });
  return {
    id: "watched",
    label,
    expression: "100 * FILL(errors, 0) / all",
    terms: [term("errors", "5xxStatusResponses"), term("all", "Requests")],
  };
}

/** `instanceId`: of one of its instances. */
export function dimensionsOf({ name, id }: NamedService, instanceId: string | null = null): Dimensions {
  return [
    { Name: "ServiceName", Value: name },
    { Name: "ServiceID", Value: id },
    ...(instanceId === null ? [] : [{ Name: INSTANCE, Value: instanceId }]),
  ];
}

/** Null: of all instances. Undefined: the dimensions are others than those of a service or an instance. */
export function instanceOfDimensions(dimensions: Dimensions = []): string | null | undefined {
  if (dimensions.length === 2) return null;
  return dimensions.length === 3 ? dimensions.find(({ Name }) => Name === INSTANCE)?.Value : undefined;
}

/** Null: the dimensions name no service. */
export function serviceOfDimensions(dimensions: Dimensions = []): NamedService | null {
  const value = (wanted: string) => dimensions.find(({ Name }) => Name === wanted)?.Value;
  const [name, id] = [value("ServiceName"), value("ServiceID")];
  return name === undefined || id === undefined ? null : { name, id };
}

export function mathOf(queries: readonly MetricQuery[], isKnownMetric: (name: string) => boolean): MathDraft {
  const returned = queries.find(({ ReturnData = true }) => ReturnData);
  const others = queries.filter((query) => query.Expression === undefined || query !== returned);
  return {
    // A metric that is returned itself is the expression of its name alone.
    id: returned?.Expression === undefined ? freeId(queries) : returned.Id,
    label: returned?.Label ?? "",
    expression: returned?.Expression ?? returned?.Id ?? "",
    terms: others.map((query) => termOf(query, isKnownMetric)),
  };
}

function termOf(query: MetricQuery, isKnownMetric: (name: string) => boolean): MathTerm {
  const { Id: id, Expression: expression, Label: label, MetricStat: stat } = query;
  if (expression !== undefined) return { kind: "expression", id, expression, label };
  const { Namespace, MetricName: metric = "", Dimensions } = stat?.Metric ?? {};
  const service = serviceOfDimensions(Dimensions);
  const isPlain = Namespace === NAMESPACE && Dimensions?.length === 2 && service !== null && !stat?.Unit;
  if (!isPlain || !isKnownMetric(metric)) return { kind: "kept", id, query };
  return { kind: "metric", id, service, metric, statistic: stat?.Stat ?? "Sum", label };
}

/** The expression first, so that a refusal of `Metrics[0]` is of it, and one of `Metrics[n]` of the nth term. */
export function queriesOf({ id, label, expression, terms }: MathDraft, periodS: number): MetricQuery[] {
  const returned = {
    Id: id,
    Expression: expression.trim(),
    ...(label.trim() !== "" && { Label: label.trim() }),
    ReturnData: true,
  };
  return [returned, ...terms.map((term) => queryOf(term, periodS))];
}

function queryOf(term: MathTerm, periodS: number): MetricQuery {
  const Id = term.id.trim();
  if (term.kind === "kept") return keptQuery(term.query, Id, periodS);
  const named = { Id, ReturnData: false, ...(term.label !== undefined && { Label: term.label }) };
  if (term.kind === "expression") return { ...named, Expression: term.expression.trim() };
  const Metric = {
    Namespace: NAMESPACE,
    MetricName: term.metric,
    ...(term.service && { Dimensions: dimensionsOf(term.service) }),
  };
  return { ...named, MetricStat: { Metric, Period: periodS, Stat: term.statistic } };
}

function keptQuery(query: MetricQuery, Id: string, periodS: number): MetricQuery {
  return {
    ...query,
    Id,
    ReturnData: false,
    ...(query.MetricStat && { MetricStat: { ...query.MetricStat, Period: periodS } }),
  };
}

export interface MathProblems {
  readonly expression: boolean;
  /** Indices of terms whose name is none, or is there twice. */
  readonly ids: readonly number[];
  /** Indices of terms that say nothing yet. */
  readonly empty: readonly number[];
}

export function mathProblems({ id, expression, terms }: MathDraft): MathProblems {
  const names = [id, ...terms.map((term) => term.id.trim())];
  const isWrong = (name: string) => !ID.test(name) || names.filter((one) => one === name).length > 1;
  const isEmpty = (term: MathTerm) =>
    (term.kind === "metric" && term.service === null) ||
    (term.kind === "expression" && term.expression.trim() === "");
  return {
    expression: expression.trim() === "",
    ids: terms.flatMap((term, index) => (isWrong(term.id.trim()) ? [index] : [])),
    empty: terms.flatMap((term, index) => (isEmpty(term) ? [index] : [])),
  };
}

export function newTerm(kind: "metric" | "expression", math: MathDraft): MathTerm {
  const id = freeId([...math.terms.map((term) => ({ Id: term.id })), { Id: math.id }], kind.charAt(0));
  if (kind === "expression") return { kind, id, expression: "" };
  const known = math.terms.findLast((term) => term.kind === "metric");
  return { kind, id, service: known?.service ?? null, metric: "Requests", statistic: "Sum" };
}

function freeId(taken: readonly { readonly Id: string }[], letter = "e"): string {
  const ids = new Set(taken.map(({ Id }) => Id));
  let number = 1;
  while (ids.has(`${letter}${number}`)) number++;
  return `${letter}${number}`;
}
