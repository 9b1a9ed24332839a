import { useRead } from "../../api/queries.ts";
import { accessKeys as texts } from "../../texts.ts";
import { Moment } from "../moment.tsx";

export function KeyUse({ id }: { readonly id: string }) {
  const answer = useRead("AWSIdentityManagementV20100508.GetAccessKeyLastUsed", { AccessKeyId: id });
  const use = answer.data?.AccessKeyLastUsed;
  if (use === undefined) return null;
  if (use.LastUsedDate === undefined) return <>{texts.never}</>;
  return (
    <>
      <Moment seconds={use.LastUsedDate} /> {texts.usedFor(use.ServiceName ?? "")}
    </>
  );
}
