/** What stands where the services will be: one press, and there is the first one. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRead } from "../../api/queries.ts";
import { Reading } from "../../parts/reading.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { services as texts } from "../../texts.ts";
import { DeploymentProblem, DeploymentStep, ExampleCards, useExampleDeployment } from "./examples.tsx";
import type { Example } from "./first-deploy.ts";
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
  const deployment = useExampleDeployment();
  const { deploy, chosen, step } = deployment;
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
              <DeploymentProblem of={deployment} />
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
              <DeploymentStep of={deployment} />
            </SpaceBetween>
          </div>
        </div>
      </Container>
      <Header variant="h2">{words.others}</Header>
      <ExampleCards examples={others} deployment={deployment}>
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
      </ExampleCards>
    </SpaceBetween>
  );
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
