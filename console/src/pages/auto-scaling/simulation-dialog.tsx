/** How a revision would do under a load, with an instance of the usual size. */
import Modal from "@cloudscape-design/components/modal";
import { emptyDraft } from "../../parts/service-fields/draft.ts";
import { ScalingSimulation } from "../../parts/service-fields/scaling-simulation.tsx";
import { autoScaling as texts } from "../../texts.ts";
import type { ScalingRevision } from "./scaling-revision.ts";

interface SimulationDialogProps {
  readonly one: ScalingRevision;
  readonly onClose: () => void;
}

export function SimulationDialog({ one, onClose }: SimulationDialogProps) {
  const draft = { ...emptyDraft, scalingChoice: "named", scalingArn: one.arn } as const;
  return (
    <Modal
      visible
      size="large"
      header={`${one.name}, ${texts.revisionText(one.revision)}`}
      onDismiss={onClose}
    >
      <ScalingSimulation draft={draft} />
    </Modal>
  );
}
