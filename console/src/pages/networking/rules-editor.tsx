/** Rules of a security group, one a row: protocol, ports, where to. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { networking } from "../../texts.ts";
import { newRule, type Protocol, type RuleDraft } from "./network-form.ts";

const words = networking.networks.form;
const PROTOCOLS: readonly Protocol[] = ["tcp", "udp", "icmp", "all"];
const OPTIONS = PROTOCOLS.map((value) => ({ value, label: words.protocols[value] }));

export interface RulesEditorProps {
  readonly rules: readonly RuleDraft[];
  readonly problem: string | undefined;
  readonly onChange: (rules: readonly RuleDraft[]) => void;
}

export function RulesEditor({ rules, problem, onChange }: RulesEditorProps) {
  const change = (index: number, part: Partial<RuleDraft>) =>
    onChange(rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)));
  const text =
    (key: "fromPort" | "toPort" | "cidr", look: Partial<InputProps>) => (rule: RuleDraft, at: number) => (
      <Input
        value={rule[key]}
        autoComplete={false}
        spellcheck={false}
        disabled={key !== "cidr" && !hasPorts(rule)}
        {...look}
        onChange={({ detail }) => change(at, { [key]: detail.value.trim() })}
      />
    );
  return (
    <FormField label={words.rules} description={words.rulesHelp} errorText={problem} stretch>
      <AttributeEditor<RuleDraft>
        items={rules}
        addButtonText={words.addRule}
        removeButtonText={words.removeRule}
        removeButtonAriaLabel={(rule) => words.removeRuleAt(rules.indexOf(rule) + 1)}
        empty={words.noRules}
        gridLayout={[
          { rows: [[2, 1, 1, 3]], breakpoint: "xs", removeButton: { width: "auto" } },
          {
            rows: [
              [1, 1],
              [1, 1],
            ],
          },
        ]}
        onAddButtonClick={() => onChange([...rules, newRule])}
        onRemoveButtonClick={({ detail }) => onChange(rules.filter((_, at) => at !== detail.itemIndex))}
        definition={[
          {
            label: words.protocol,
            control: (rule, at) => (
              <Select
                selectedOption={{ value: rule.protocol, label: words.protocols[rule.protocol] }}
                options={OPTIONS}
                onChange={({ detail }) => change(at, { protocol: detail.selectedOption.value as Protocol })}
              />
            ),
          },
          {
            label: words.fromPort,
            control: text("fromPort", { inputMode: "numeric", placeholder: words.everyPort }),
          },
          { label: words.toPort, control: text("toPort", { inputMode: "numeric" }) },
          { label: words.cidr, control: text("cidr", { placeholder: words.everywhere }) },
        ]}
      />
    </FormField>
  );
}

function hasPorts({ protocol }: RuleDraft): boolean {
  return protocol === "tcp" || protocol === "udp";
}
