/** The image's name: typed, or chosen of those that this machine and the image's registry have. */
import Autosuggest from "@cloudscape-design/components/autosuggest";
import { useRead } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { bytesText } from "../bytes.ts";
import { ageText } from "../duration.ts";
import { useNow } from "../now.ts";
import { useSettled } from "../use-settled.ts";
import { Labelled, type SectionProps } from "./field.tsx";
import { isOfRegistry, repositoryOf, sortedTags } from "./image-names.ts";

const texts = fields.imageIdentifier;
/** Of AWS, not of this installation: its images have no owner who could be asked. */
const PUBLIC_REGISTRY = "public.ecr.aws/";
const MINUTE_MS = 60_000;

export function ImageField({ draft, onChange, problems }: SectionProps) {
  const ofMachine = useMachineImages();
  const ofRegistry = useTags(draft.imageIdentifier, draft.accessRoleArn);
  const change = (text: string) => {
    const imageIdentifier = text.trim();
    const isPublic = imageIdentifier.startsWith(PUBLIC_REGISTRY);
    onChange({ imageIdentifier, imageRepositoryType: isPublic ? "ECR_PUBLIC" : "ECR" });
  };
  return (
    <Labelled field="imageIdentifier" texts={texts} problems={problems} isWide>
      <Autosuggest
        value={draft.imageIdentifier}
        placeholder={texts.placeholder}
        enteredTextLabel={fields.secrets.use}
        options={[ofMachine, ofRegistry].filter(({ options }) => options.length > 0)}
        empty={texts.empty}
        virtualScroll
        onChange={({ detail }) => change(detail.value)}
      />
    </Labelled>
  );
}

function useMachineImages() {
  const nowMs = useNow(MINUTE_MS);
  const { data } = useRead("Slipway.ListImages", {});
  return {
    label: texts.ofMachine,
    options: (data?.Images ?? []).map(({ ImageIdentifier: value, CreatedAt, SizeBytes }) => ({
      value,
      description: texts.built(bytesText(SizeBytes), ageText(Math.max(0, nowMs - CreatedAt * 1_000))),
    })),
  };
}

/** Nobody types a whole list of tags: they are asked for once the repository stands. */
function useTags(image: string, role: string) {
  const repository = useSettled(repositoryOf(image));
  const isAsked = isOfRegistry(repository) && repository === repositoryOf(image);
  const { data } = useRead(
    "Slipway.InspectImageRepository",
    { ImageIdentifier: repository, ...(role !== "" && { AccessRoleArn: role }) },
    { isEnabled: isAsked },
  );
  return {
    label: texts.ofRegistry,
    options: (isAsked ? sortedTags(data?.Tags ?? []) : []).map((tag) => ({ value: `${repository}:${tag}` })),
  };
}
