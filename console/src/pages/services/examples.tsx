/** The example applications, each with a button that makes its repository and its service. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call } from "../../api/call.ts";
import { queryClient, useRead } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { Reading } from "../../parts/reading.tsx";
import { services as texts } from "../../texts.ts";
import { deployExample, type Example, type FirstStep } from "./first-deploy.ts";
import "./first-service.css";

const { first: words } = texts;

export interface ExampleDeployment {
  readonly deploy: (example: Example) => void;
  /** Name of the example that was last asked for. */
  readonly chosen: string | undefined;
  /** Null: none is being deployed. */
  readonly step: FirstStep | null;
  readonly problem: string | null;
}

export function useExampleDeployment(): ExampleDeployment {
  const notify = useNotify();
  const [step, setStep] = useState<FirstStep | null>(null);
  const { mutate, variables, error } = useMutation<string, Error, Example>({
    mutationFn: (example) => deployExample(example, { call, onStep: setStep }),
    onSettled: () => setStep(null),
    onSuccess: (serviceId, { Title: title }) => {
      notify({ type: "success", text: words.begun(title) });
      window.location.hash = `#/services/${serviceId}/activity`;
      void queryClient.invalidateQueries();
    },
  });
  return {
    deploy: (example: Example) => mutate(example),
    chosen: variables?.Name,
    step,
    problem: error?.message ?? null,
  };
}

/** All of them, for who has services already. */
export function Examples() {
  const examples = useRead("Slipway.ListExamples", {});
  const deployment = useExampleDeployment();
  return (
    <Reading answer={examples} failed={words.unread}>
      {({ Examples: found }) => (
        <SpaceBetween size="m">
          <DeploymentProblem of={deployment} />
          {found.length === 0 ? <Box>{words.noExamples}</Box> : null}
          <ExampleCards examples={found} deployment={deployment} />
          <DeploymentStep of={deployment} />
        </SpaceBetween>
      )}
    </Reading>
  );
}

interface ExampleCardsProps {
  readonly examples: readonly Example[];
  readonly deployment: ExampleDeployment;
  /** More cards, each in an `<li>`. */
  readonly children?: ReactNode;
}

export function ExampleCards({ examples, deployment, children }: ExampleCardsProps) {
  const { deploy, chosen, step } = deployment;
  const isBusy = step !== null;
  return (
    <ul className="examples">
      {examples.map((example) => (
        <li key={example.Name}>
          <Container
            fitHeight
            header={<Header variant="h3">{example.Title}</Header>}
            footer={
              <PermittedButton
                needs="apprunner:CreateService"
                disabled={isBusy}
                loading={isBusy && chosen === example.Name}
                onClick={() => deploy(example)}
              >
                {words.deploy(example.Title)}
              </PermittedButton>
            }
          >
            {example.Description}
          </Container>
        </li>
      ))}
      {children}
    </ul>
  );
}

export function DeploymentProblem({ of: { problem } }: { readonly of: ExampleDeployment }) {
  if (problem === null) return null;
  return (
    <Alert type="error" header={words.failed}>
      {problem}
    </Alert>
  );
}

export function DeploymentStep({ of: { step } }: { readonly of: ExampleDeployment }) {
  return (
    <div aria-live="polite">
      {step === null ? null : <StatusIndicator type="in-progress">{words.steps[step]}</StatusIndicator>}
    </div>
  );
}
