/** A container image, and with whose credentials it is fetched. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import { fields } from "../../texts.ts";
import { ImageCheck } from "./image-check.tsx";
import { DeploymentTrigger } from "./deployment-trigger.tsx";
import type { SectionProps } from "./field.tsx";
import { ImageField } from "./image-field.tsx";
import { RoleField } from "./role-field.tsx";

export function ImageSourceFields(props: SectionProps) {
  return (
    <SpaceBetween size="l">
      <ImageField {...props} />
      <ImageCheck {...props} />
      <RoleField {...props} field="accessRoleArn" texts={fields.accessRoleArn} />
      <DeploymentTrigger {...props} />
    </SpaceBetween>
  );
}
