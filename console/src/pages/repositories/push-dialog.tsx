/** The lines of git that bring source into a repository. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Output } from "../../api/wire.ts";
import { CopyCommand } from "../../parts/copy-command.tsx";
import { repositories } from "../../texts.ts";

const words = repositories.pushDialog;

export type Repository = Output<"Slipway.ListRepositories">["Repositories"][number];

export interface PushDialogProps {
  readonly repository: Repository;
  readonly onClose: () => void;
}

export function PushDialog({ repository: { RepositoryName: name, PushUrl: url }, onClose }: PushDialogProps) {
  const steps = [
    { title: words.remote, command: `git remote add slipway ${url}` },
    { title: words.push, command: "git push slipway main" },
    { title: words.clone, command: `git clone ${url}` },
  ];
  return (
    <Modal
      visible
      size="large"
      header={words.title(name)}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            {words.close}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {steps.map(({ title, command }) => (
          <div key={title}>
            <Box variant="awsui-key-label">{title}</Box>
            <CopyCommand text={command} label={title} />
          </div>
        ))}
        <Box>
          {words.credentials} <Link href="#/account">{words.keys}</Link>
        </Box>
        <Box>
          {words.service} <Link href="#/services/create">{words.createService}</Link>
        </Box>
      </SpaceBetween>
    </Modal>
  );
}
