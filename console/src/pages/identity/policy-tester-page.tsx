/** May this user do that, and why? */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { syntaxProblem } from "../../parts/json-problem.ts";
import { shell, testerTexts as texts } from "../../texts.ts";
import { TesterForm } from "./tester-form.tsx";
import { type Evaluation, TesterMatrix } from "./tester-matrix.tsx";
import { TesterReason } from "./tester-reason.tsx";
import { type TesterQuestion, toSimulation } from "./tester-question.ts";

export default function PolicyTesterPage() {
  const asked = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const [question, setQuestion] = useState<TesterQuestion>(() => questionOf(asked));
  const [now] = useState(() => new Date());
  return (
    <Page title={shell.pages.policyTester} description={texts.description}>
      <Grid gridDefinition={[{ colspan: { default: 12, m: 5 } }, { colspan: { default: 12, m: 7 } }]}>
        <TesterForm question={question} onChange={setQuestion} now={now} />
        <Answer question={question} now={now} />
      </Grid>
    </Page>
  );
}

/** Other pages lead here with what is to be asked. */
function questionOf({ principal, action, resource }: Readonly<Record<string, unknown>>): TesterQuestion {
  return {
    principal: typeof principal === "string" ? principal : "",
    actions: typeof action === "string" ? [action] : [],
    resources: typeof resource === "string" ? [resource] : [],
    context: [],
    draft: "",
  };
}

function Answer({ question, now }: { readonly question: TesterQuestion; readonly now: Date }) {
  const [chosenKey, setChosenKey] = useState("");
  const simulation = toSimulation(question, now);
  const { data, error } = useReadAll(
    "AWSIdentityManagementV20100508.SimulatePrincipalPolicy",
    simulation ?? { PolicySourceArn: "", ActionNames: [] },
    "EvaluationResults",
    { isEnabled: simulation !== null && syntaxProblem(question.draft) === null, keepsFormer: true },
  );
  const results = simulation === null ? [] : (data ?? []);
  const chosen = results.find((one) => keyOf(one) === chosenKey) ?? results[0];
  return (
    <Container header={<Header variant="h2">{texts.result}</Header>}>
      <SpaceBetween size="l">
        {error === null ? null : (
          <Alert type="error" header={texts.failed}>
            {error.message}
          </Alert>
        )}
        {results.length === 0 ? (
          <Box color="text-body-secondary" padding={{ vertical: "l" }} textAlign="center">
            {texts.nothingYet}
          </Box>
        ) : null}
        {results.length > 1 ? (
          <TesterMatrix results={results} chosen={chosen} onChoose={(one) => setChosenKey(keyOf(one))} />
        ) : null}
        {chosen === undefined ? null : (
          <TesterReason principal={question.principal} draft={question.draft} evaluation={chosen} />
        )}
      </SpaceBetween>
    </Container>
  );
}

function keyOf({ EvalActionName, EvalResourceName = "*" }: Evaluation): string {
  return `${EvalActionName} ${EvalResourceName}`;
}
