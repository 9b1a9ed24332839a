/** What a setting says, with the way to what it names. */
import Link from "@cloudscape-design/components/link";
import { idOfArn } from "../../../parts/arn.ts";
import { KeyName } from "../../../parts/key-name.tsx";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { memberText, type PlainKey } from "./member-texts.ts";

interface MemberValueProps {
  readonly member: PlainKey;
  readonly draft: ServiceDraft;
}

export function MemberValue({ member, draft }: MemberValueProps) {
  const text = memberText(member, draft);
  const value = draft[member].toString();
  if (value === "") return <>{text}</>;
  if (member === "kmsKeyArn") {
    return (
      <Link href={`#/keys/${encodeURIComponent(idOfArn(value))}`}>
        <KeyName arn={value} />
      </Link>
    );
  }
  if (member === "accessRoleArn" || member === "instanceRoleArn") {
    return <Link href={`#/roles/${encodeURIComponent(idOfArn(value))}`}>{text}</Link>;
  }
  if (member === "vpcConnectorArn") return <Link href="#/networking">{text}</Link>;
  if (member === "observabilityArn") return <Link href="#/observability">{text}</Link>;
  return <>{text}</>;
}
