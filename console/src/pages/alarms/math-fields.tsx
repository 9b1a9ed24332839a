/** An expression, and what its words stand for. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Refusal } from "../../parts/refusal.ts";
import { alarms as texts } from "../../texts.ts";
import { type MathDraft, mathProblems, type MathTerm, newTerm, TERMS_MAX } from "./alarm-math.ts";
import { options, useServiceOptions } from "./metric-options.ts";

const words = texts.form.math;

export interface MathFieldsProps {
  readonly math: MathDraft;
  readonly refusals: Refusal["at"];
  readonly onChange: (math: MathDraft) => void;
}

export function MathFields({ math, refusals, onChange }: MathFieldsProps) {
  const problems = mathProblems(math);
  const add = (kind: "metric" | "expression") =>
    onChange({ ...math, terms: [...math.terms, newTerm(kind, math)] });
  return (
    <SpaceBetween size="l">
      <FormField
        label={words.expression}
        description={words.help}
        errorText={problems.expression ? words.expressionProblem : refusals["Metrics"]}
        stretch
      >
        <Input
          value={math.expression}
          spellcheck={false}
          autoComplete={false}
          onChange={({ detail }) => onChange({ ...math, expression: detail.value })}
        />
      </FormField>
      <FormField label={words.label} description={words.labelHelp}>
        <Input value={math.label} onChange={({ detail }) => onChange({ ...math, label: detail.value })} />
      </FormField>
      <FormField label={words.terms} stretch>
        <SpaceBetween size="xs">
          <Terms math={math} refusals={refusals} onChange={onChange} />
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" disabled={math.terms.length >= TERMS_MAX} onClick={() => add("metric")}>
              {words.addMetric}
            </Button>
            <Button
              formAction="none"
              disabled={math.terms.length >= TERMS_MAX}
              onClick={() => add("expression")}
            >
              {words.addExpression}
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      </FormField>
    </SpaceBetween>
  );
}

function Terms({ math, refusals, onChange }: MathFieldsProps) {
  const { terms } = math;
  const problems = mathProblems(math);
  const services = useServiceOptions();
  const put = (index: number, term: MathTerm) =>
    onChange({ ...math, terms: terms.map((one, at) => (at === index ? term : one)) });
  return (
    <AttributeEditor<MathTerm>
      items={terms}
      hideAddButton
      addButtonText={words.addMetric}
      removeButtonText={words.remove}
      removeButtonAriaLabel={({ id }) => words.removeTerm(id)}
      empty={words.noTerms}
      gridLayout={[
        { rows: [[2, 3, 3, 2]], breakpoint: "xs", removeButton: { width: "auto" } },
        { rows: [[1], [1], [1], [1]] },
      ]}
      onRemoveButtonClick={({ detail }) =>
        onChange({ ...math, terms: terms.filter((_term, index) => index !== detail.itemIndex) })
      }
      definition={[
        {
          label: words.id,
          control: (term, index) => (
            <Input
              value={term.id}
              ariaLabel={words.id}
              spellcheck={false}
              autoComplete={false}
              onChange={({ detail }) => put(index, { ...term, id: detail.value })}
            />
          ),
          errorText: (_term, index) =>
            problems.ids.includes(index) ? words.idProblem : refusals[`Metrics[${index + 1}]`],
        },
        {
          label: words.of,
          control: (term, index) => (
            <Of term={term} services={services} onChange={(one) => put(index, one)} />
          ),
        },
        {
          label: words.metric,
          control: (term, index) =>
            term.kind === "metric" ? (
              <Choice
                names={texts.metrics}
                value={term.metric}
                label={words.metric}
                onChange={(metric) => put(index, { ...term, metric })}
              />
            ) : null,
        },
        {
          label: words.statistic,
          control: (term, index) =>
            term.kind === "metric" ? (
              <Choice
                names={texts.statistics}
                value={term.statistic}
                label={words.statistic}
                onChange={(statistic) => put(index, { ...term, statistic })}
              />
            ) : null,
        },
      ]}
    />
  );
}

interface OfProps {
  readonly term: MathTerm;
  readonly services: ReturnType<typeof useServiceOptions>;
  readonly onChange: (term: MathTerm) => void;
}

/** The service of a metric, the text of an expression, or what stays as it is. */
function Of({ term, services, onChange }: OfProps) {
  if (term.kind === "kept") {
    const { MetricName = "", Dimensions = [] } = term.query.MetricStat?.Metric ?? {};
    const where = Dimensions.map(({ Name, Value }) => `${Name} ${Value}`).join(", ");
    return <Input value={words.kept(MetricName, where)} ariaLabel={words.of} disabled />;
  }
  if (term.kind === "expression") {
    return (
      <Input
        value={term.expression}
        ariaLabel={words.expression}
        placeholder={words.expression}
        spellcheck={false}
        autoComplete={false}
        onChange={({ detail }) => onChange({ ...term, expression: detail.value })}
      />
    );
  }
  return (
    <Select
      options={services}
      ariaLabel={words.service}
      selectedOption={term.service === null ? null : { value: term.service.id, label: term.service.name }}
      placeholder={texts.form.chooseService}
      filteringType={services.length > 10 ? "auto" : "none"}
      onChange={({ detail: { selectedOption: one } }) =>
        onChange({ ...term, service: { id: one.value ?? "", name: one.label ?? "" } })
      }
    />
  );
}

interface ChoiceProps {
  readonly names: Readonly<Record<string, string>>;
  readonly value: string;
  readonly label: string;
  readonly onChange: (value: string) => void;
}

function Choice({ names, value, label, onChange }: ChoiceProps) {
  return (
    <Select
      options={options(names)}
      ariaLabel={label}
      selectedOption={{ value, label: names[value] ?? value }}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? value)}
    />
  );
}
