/** Who may take a role, in words. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import Badge from "@cloudscape-design/components/badge";
import { readDocument, takersOf } from "../../parts/role-trust.ts";
import { identityTexts } from "../../texts.ts";

const texts = identityTexts.roles;

export function takerNames(encodedTrust: string | undefined): readonly string[] {
  const { areInstances, areImagePulls, others } = takersOf(readDocument(encodedTrust));
  return [
    ...(areInstances ? [texts.services] : []),
    ...(areImagePulls ? [texts.images] : []),
    ...others.map((one) => one.replace(/^arn:aws:iam::\d+:/, "")),
  ];
}

export function Takers({ trust }: { readonly trust: string | undefined }) {
  const names = takerNames(trust);
  if (names.length === 0) return texts.nobody;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {names.map((name) => (
        <Badge key={name} color="blue">
          {name}
        </Badge>
      ))}
    </SpaceBetween>
  );
}
