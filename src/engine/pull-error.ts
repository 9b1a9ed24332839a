/**
 * Why an image cannot be had. The engine passes registries' and its own sentences on without a code, so the words
 * decide; what matches nothing is "other" and shown as it is. Credentials never appear in these sentences.
 */
import { formatImageReference, type ImageReference } from "../domain/image-reference.ts";
import { ImagePullError } from "../ports/container-engine.ts";

/** All that an engine can say. */
type Problem = Exclude<ImagePullError["problem"], "role" | "place">;

/** The first that matches wins: registries answer "denied" for what does not exist, too. */
const patterns: readonly (readonly [RegExp, Problem])[] = [
  [/no space left on device/i, "disk-full"],
  [/no matching manifest|does not match the specified platform|cannot be used on this platform/i, "platform"],
  [
    /unauthorized|authentication required|denied|no basic auth credentials|incorrect username|403 forbidden/i,
    "unauthorized",
  ],
  [/manifest unknown|not found|name unknown|does not exist|404/i, "not-found"],
  [
    /connection refused|no such host|timeout|deadline exceeded|no route to host|network is unreachable|server misbehaving|connection reset|unexpected EOF|\bEOF$|temporary failure|x509|tls:|certificate|http response to https/i,
    "unreachable",
  ],
];

const remedies: Readonly<Record<Problem, string>> = {
  "not-found": "check the name and the tag, and that it has been pushed",
  unauthorized: "check that the image exists and that the credentials of its access role may read it",
  unreachable: "check the registry's name, that it runs and that this machine can reach it",
  platform: "build the image for this engine's architecture",
  "disk-full": "free space on the engine's disk",
  other: "see the engine's message",
};

const MESSAGE_MAX_CHARACTERS = 300;

export function toPullError(image: ImageReference, engineMessage: string, cause?: unknown): ImagePullError {
  const problem = patterns.find(([pattern]) => pattern.test(engineMessage))?.[1] ?? "other";
  const said = withoutUserinfo(engineMessage).replaceAll(/\s+/g, " ").trim().slice(0, MESSAGE_MAX_CHARACTERS);
  const sentence = `The image ${formatImageReference(image)} cannot be pulled: ${remedies[problem]} (${said}).`;
  return new ImagePullError(problem, sentence, { cause });
}

/** Redirects may carry credentials or signatures in their addresses. */
function withoutUserinfo(message: string): string {
  return message.replaceAll(/\/\/[^/@\s]+@/g, "//").replaceAll(/(https?:\/\/[^\s"?]+)\?[^\s"]+/g, "$1");
}
