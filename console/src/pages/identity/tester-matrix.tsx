/** Every action against every resource: green, red, grey. A cell shows why. */
import Button from "@cloudscape-design/components/button";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { Output } from "../../api/wire.ts";
import { testerTexts as texts } from "../../texts.ts";

export type Evaluation = NonNullable<
  Output<"AWSIdentityManagementV20100508.SimulatePrincipalPolicy">["EvaluationResults"]
>[number];

const SIGNS: Readonly<Record<Evaluation["EvalDecision"], StatusIndicatorProps.Type>> = {
  allowed: "success",
  explicitDeny: "error",
  implicitDeny: "stopped",
};

export function Decision({ decision }: { readonly decision: Evaluation["EvalDecision"] }) {
  return <StatusIndicator type={SIGNS[decision]}>{texts.decisions[decision]}</StatusIndicator>;
}

export interface TesterMatrixProps {
  readonly results: readonly Evaluation[];
  readonly chosen: Evaluation | undefined;
  readonly onChoose: (evaluation: Evaluation) => void;
}

interface Row {
  readonly action: string;
  readonly byResource: ReadonlyMap<string, Evaluation>;
}

export function TesterMatrix({ results, chosen, onChoose }: TesterMatrixProps) {
  const resources = [...new Set(results.map(({ EvalResourceName = "*" }) => EvalResourceName))];
  const rows = rowsOf(results);
  return (
    <Table<Row>
      variant="embedded"
      items={rows}
      trackBy="action"
      ariaLabels={{ tableLabel: texts.matrix }}
      wrapLines
      columnDefinitions={[
        { id: "action", header: texts.action, cell: ({ action }) => action, isRowHeader: true },
        ...resources.map((resource) => ({
          id: resource,
          header: shortName(resource),
          cell: ({ action, byResource }: Row) => {
            const evaluation = byResource.get(resource);
            if (evaluation === undefined) return null;
            return (
              <Button
                variant={evaluation === chosen ? "normal" : "inline-link"}
                ariaLabel={`${texts.decisions[evaluation.EvalDecision]}. ${texts.show(action, resource)}`}
                onClick={() => onChoose(evaluation)}
              >
                <Decision decision={evaluation.EvalDecision} />
              </Button>
            );
          },
        })),
      ]}
    />
  );
}

function rowsOf(results: readonly Evaluation[]): readonly Row[] {
  const byAction = Map.groupBy(results, ({ EvalActionName }) => EvalActionName);
  return [...byAction].map(([action, evaluations]) => ({
    action,
    byResource: new Map(evaluations.map((one) => [one.EvalResourceName ?? "*", one])),
  }));
}

/** `service/shop` of the long ARN. */
function shortName(arn: string): string {
  return arn.startsWith("arn:")
    ? arn
        .split(":")
        .slice(5)
        .join(":")
        .replace(/\/[0-9a-f]{32}$/, "")
    : arn;
}
