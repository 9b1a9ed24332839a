import { useRead } from "../../api/queries.ts";
import { accessKeys as texts } from "../../texts.ts";
import { Moment } from "../moment.tsx";

interface KeyUseProps {
  readonly id: string;
  /** It is being deleted: nobody could tell of it any more. */
  readonly isGoing: boolean;
}

export function KeyUse({ id, isGoing }: KeyUseProps) {
  const answer = useRead(
    "AWSIdentityManagementV20100508.GetAccessKeyLastUsed",
    { AccessKeyId: id },
    { isEnabled: !isGoing },
  );
  const use = answer.data?.AccessKeyLastUsed;
  if (use === undefined) return null;
  if (use.LastUsedDate === undefined) return <>{texts.never}</>;
  return (
    <>
      <Moment seconds={use.LastUsedDate} /> {texts.usedFor(use.ServiceName ?? "")}
    </>
  );
}
