/** What stands where the services will be: one press, and there is the first one. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/call.ts";
import { queryClient, useRead } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Reading } from "../../parts/reading.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { services as texts } from "../../texts.ts";
import { deployExample, type Example, type FirstStep } from "./first-deploy.ts";
import "./first-service.css";

const { first: words } = texts;

export function FirstService() {
  const examples = useRead("Slipway.ListExamples", {});
  return (
    <Reading answer={examples} failed={words.unread}>
      {({ Examples: found }) => <Welcome examples={found} />}
    </Reading>
  );
}

function Welcome({ examples }: { readonly examples: readonly Example[] }) {
  const [first, ...others] = examples;
  const { deploy, chosen, step, problem } = useFirstDeploy();
  const isBusy = step !== null;
  return (
    <SpaceBetween size="l">
      <Container>
        <div className="welcome">
          <Launch />
          <div className="welcome-words">
            <SpaceBetween size="m">
              <Box variant="h2" fontSize="heading-xl">
                {words.title}
              </Box>
              <Box color="text-body-secondary">{words.lead}</Box>
              {problem === null ? null : (
                <Alert type="error" header={words.failed}>
                  {problem}
                </Alert>
              )}
              {first === undefined ? (
                <Box>{words.noExamples}</Box>
              ) : (
                <PermittedButton
                  needs="apprunner:CreateService"
                  variant="primary"
                  loading={isBusy && chosen === first.Name}
                  disabled={isBusy}
                  onClick={() => deploy(first)}
                >
                  {words.deploy(first.Title)}
                </PermittedButton>
              )}
              <div aria-live="polite">
                {step === null ? null : (
                  <StatusIndicator type="in-progress">{words.steps[step]}</StatusIndicator>
                )}
              </div>
            </SpaceBetween>
          </div>
        </div>
      </Container>
      <Header variant="h2">{words.others}</Header>
      <ul className="examples">
        {others.map((example) => (
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
        <li>
          <Container
            fitHeight
            header={<Header variant="h3">{words.own}</Header>}
            footer={
              <PermittedButton needs="apprunner:CreateService" href="#/services/create">
                {words.ownAction}
              </PermittedButton>
            }
          >
            {words.ownText}
          </Container>
        </li>
      </ul>
    </SpaceBetween>
  );
}

function useFirstDeploy() {
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

/** A ship on its slipway: what the product is named after. */
function Launch() {
  return (
    <svg aria-hidden className="launch" viewBox="0 0 220 150">
      <path
        className="launch-water"
        d="M0 128 Q 14 120 28 128 T 56 128 T 84 128 T 112 128 T 140 128 T 168 128 T 196 128 T 224 128 V150 H0Z"
      />
      <path className="launch-rail" d="M60 78 L220 40 V52 L60 90Z" />
      <g className="launch-ship">
        <path className="launch-hull" d="M70 72 L176 47 L166 78 Q 162 88 150 91 L100 103 Q 88 105 82 96Z" />
        <rect
          className="launch-box"
          x="100"
          y="43"
          width="20"
          height="18"
          rx="2"
          transform="rotate(-13 110 52)"
        />
        <rect
          className="launch-box launch-box-second"
          x="123"
          y="38"
          width="20"
          height="18"
          rx="2"
          transform="rotate(-13 133 47)"
        />
        <rect
          className="launch-box launch-box-third"
          x="110"
          y="22"
          width="20"
          height="18"
          rx="2"
          transform="rotate(-13 120 31)"
        />
      </g>
    </svg>
  );
}
