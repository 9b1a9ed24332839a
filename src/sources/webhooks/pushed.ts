/** What a delivery says was pushed. Pure. The words of the payload decide only whether to look: never what is deployed. */
import { formatImageReference, type ImageReference } from "../../domain/image-reference.ts";
import type { WebhookRequest } from "../../ports/source-watching.ts";
import { eventName, type Sender } from "./sender.ts";

export type Pushed =
  | { readonly kind: "branches"; readonly branches: readonly string[] }
  /** Of a registry. */
  | { readonly kind: "images"; readonly images: readonly PushedImage[] }
  /** A Git host's own registry: which image it was is not looked at. */
  | { readonly kind: "package" }
  | { readonly kind: "ping" }
  /** Something that is no push. */
  | { readonly kind: "other"; readonly event: string };

interface PushedImage {
  readonly repository: string;
  readonly tag: string;
}

const PING = new Set(["ping", "diagnostics:ping"]);
const PUSH = new Set(["push", "Push Hook", "repo:push"]);
const PACKAGE = new Set(["package", "registry_package"]);
const BRANCH = "refs/heads/";
const NAME_MAX = 100;

/** Null when the body is not what the sender sends. */
export function readPushed(sender: Sender, request: WebhookRequest): Pushed | null {
  const event = eventName(sender, request.headers);
  if (PING.has(event)) return { kind: "ping" };
  if (PACKAGE.has(event)) return { kind: "package" };
  if (sender.name !== "registry" && !PUSH.has(event)) return { kind: "other", event: shown(event) };
  const payload = readJson(request);
  if (!isRecord(payload)) return null;
  if (sender.name === "registry") return imagesOf(payload);
  if (sender.name === "Bitbucket") return bitbucketBranches(payload);
  const { ref } = payload;
  if (typeof ref !== "string") return null;
  return { kind: "branches", branches: ref.startsWith(BRANCH) ? [ref.slice(BRANCH.length)] : [] };
}

/** Whether a push of this image is a push of that one. A registry does not know under which host it is called. */
export function isPushOf(image: ImageReference, pushed: PushedImage): boolean {
  const name = formatImageReference({ ...image, registry: "registry" });
  return name === `registry/${pushed.repository}:${pushed.tag}`;
}

/** A name of somebody else's, fit for one line. */
export function shown(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  return name.replaceAll(/[\u0000-\u001f\u007f]/g, "?").slice(0, NAME_MAX);
}

/** GitHub sends a form when it was set up so. */
function readJson({ headers, body }: WebhookRequest): unknown {
  const text = body.toString("utf8");
  const isForm = String(headers["content-type"]).startsWith("application/x-www-form-urlencoded");
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get("payload") ?? "") : text) as unknown;
  } catch {
    return null;
  }
}

function bitbucketBranches(payload: Json): Pushed | null {
  const { push } = payload;
  if (!isRecord(push) || !Array.isArray(push["changes"])) return null;
  const ends = push["changes"].filter(isRecord).flatMap((change) => [change["new"], change["old"]]);
  const branches = ends.filter(isRecord).filter(({ type }) => type === "branch");
  return { kind: "branches", branches: [...new Set(branches.map(({ name }) => name).filter(isText))] };
}

/** https://distribution.github.io/distribution/about/notifications/ */
function imagesOf(payload: Json): Pushed | null {
  const { events } = payload;
  if (!Array.isArray(events)) return null;
  const targets = events.filter(isRecord).filter(({ action }) => action === "push");
  const images = targets
    .map(({ target }) => target)
    .filter(isRecord)
    .flatMap(({ repository, tag }) => (isText(repository) && isText(tag) ? [{ repository, tag }] : []));
  return { kind: "images", images };
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
