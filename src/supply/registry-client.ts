/**
 * Reads manifests and small blobs from a registry, with the credentials a pull would use: as they are, or for a token
 * where the registry wants one. What the engine does for images it does for nothing else.
 *
 * Whoever deploys names the registry, so it may be a stranger's who would have this machine ask others: it is followed
 * only where TLS is and not further inside than it is itself, and nothing of what was read stands in an error.
 */
import type { IncomingMessage } from "node:http";
import type { ImageReference } from "../domain/image-reference.ts";
import type { RegistryCredentials } from "../ports/container-engine.ts";
import { boundedBytes } from "./bounded-bytes.ts";
import {
  checkPlace,
  isLoopbackName,
  mostOf,
  nearness,
  originOf,
  RefusedPlace,
  type RegistryNetwork,
} from "./registry-place.ts";
import { askRegistry } from "./registry-request.ts";

/** Indexes too: of an image that has one, registries tell who takes none that there is no such image. */
const MANIFEST_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");
const MAX_BYTES = 1_024 * 1_024;
/** For all that is asked together. */
const DEADLINE_MS = 30_000;
const REDIRECTS_MAX = 5;
const TAGS_MAX = 1_000;
const TAG = /^\w[\w.-]{0,127}$/;
const TOKEN = /^[\x20-\x7e]+$/;

/** It does not answer, or refuses. The message names the registry and no credentials. */
export class RegistryProblem extends Error {
  override readonly name = "RegistryProblem";
}

export interface LocatedImage {
  readonly image: ImageReference;
  readonly credentials?: RegistryCredentials | undefined;
}

export class RegistryClient {
  readonly #origin: string;
  readonly #base: string;
  readonly #registry: string;
  readonly #credentials: RegistryCredentials | undefined;
  readonly #network: RegistryNetwork;
  readonly #deadline = AbortSignal.timeout(DEADLINE_MS);
  #authorization: string | null = null;
  /** How far inside it may lead: nowhere before it was found itself. */
  #reach: (typeof nearness)[keyof typeof nearness];

  constructor({ image: { registry, repository }, credentials }: LocatedImage, network: RegistryNetwork) {
    this.#registry = registry;
    this.#origin = originOf(registry);
    this.#base = `${this.#origin}/v2/${repository}`;
    this.#credentials = credentials;
    this.#network = network;
    this.#reach = network.configured.has(registry) ? nearness.private : nearness.public;
  }

  /** Null when there is no such tag. */
  async manifest(tag: string, signal: AbortSignal): Promise<unknown> {
    const bytes = await this.#get(`/manifests/${tag}`, signal);
    return bytes === null ? null : this.#jsonOf(bytes);
  }

  async blob(digest: string, signal: AbortSignal): Promise<Buffer | null> {
    return await this.#get(`/blobs/${digest}`, signal);
  }

  /** As the registry sorts them, at most 1000. Null when there is no such repository. */
  async tags(signal: AbortSignal): Promise<readonly string[] | null> {
    const bytes = await this.#get(`/tags/list?n=${TAGS_MAX}`, signal);
    if (bytes === null) return null;
    const { tags } = (this.#jsonOf(bytes) ?? {}) as { readonly tags?: unknown };
    const given: readonly unknown[] = Array.isArray(tags) ? tags : [];
    return given.filter((tag) => typeof tag === "string" && TAG.test(tag)).slice(0, TAGS_MAX) as string[];
  }

  async #get(path: string, signal: AbortSignal): Promise<Buffer | null> {
    const within = AbortSignal.any([signal, this.#deadline]);
    try {
      let answer = await this.#ask(path, within);
      if (answer.statusCode === 401 && this.#authorization === null) {
        answer.destroy();
        this.#authorization = await this.#authorize(answer.headers["www-authenticate"] ?? "", within);
        answer = await this.#ask(path, within);
      }
      if (answer.statusCode === 404) return discarded(answer);
      if (isOk(answer)) return await boundedBytes(answer, MAX_BYTES);
      answer.destroy();
      throw new RegistryProblem(`${this.#registry} answered with status ${answer.statusCode}`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RegistryProblem) throw error;
      if (error instanceof RefusedPlace) throw new RegistryProblem(error.message, { cause: error });
      throw new RegistryProblem(`${this.#registry} cannot be read: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #ask(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    return await this.#fetch(new URL(this.#base + path), this.#authorization, signal);
  }

  /** Credentials go to the first place only, wherever that leads. */
  async #fetch(first: URL, authorization: string | null, signal: AbortSignal): Promise<IncomingMessage> {
    let place = first;
    for (let hops = 0; hops <= REDIRECTS_MAX; hops += 1) {
      const addresses = await this.#addressesOf(place, signal);
      const isFirst = place.origin === first.origin && authorization !== null;
      const headers = { accept: MANIFEST_TYPES, ...(isFirst && { authorization }) };
      const answer = await askRegistry({ url: place, addresses, headers }, signal);
      const { statusCode = 0, headers: told } = answer;
      if (statusCode < 300 || statusCode > 399 || told.location === undefined) return answer;
      answer.destroy();
      place = new URL(told.location, place);
    }
    throw new RegistryProblem(`${this.#registry} leads on and on`);
  }

  /** Throws RegistryProblem or RefusedPlace. */
  async #addressesOf(place: URL, signal: AbortSignal): Promise<readonly string[]> {
    this.#assertSafe(place);
    const network = this.#network;
    if (place.origin !== this.#origin) {
      return (await checkPlace(place, { network, most: this.#reach }, signal)).addresses;
    }
    const found = await checkPlace(place, { network, most: mostOf(this.#registry, network) }, signal);
    if (found.nearness > this.#reach) this.#reach = found.nearness;
    return found.addresses;
  }

  #assertSafe({ protocol, host }: URL): void {
    const areHere = isLoopbackName(host) && isLoopbackName(this.#registry);
    if (protocol === "https:" || (protocol === "http:" && areHere)) return;
    throw new RegistryProblem(`${this.#registry} leads to a place without TLS`);
  }

  /** What to send from now on. */
  async #authorize(challenge: string, signal: AbortSignal): Promise<string> {
    const basic = this.#credentials === undefined ? null : basicOf(this.#credentials);
    if (/^basic/i.test(challenge)) return basic ?? "";
    const parameter = (name: string) => new RegExp(`${name}="([^"]*)"`, "i").exec(challenge)?.[1] ?? "";
    const realm = new URL(parameter("realm"));
    realm.searchParams.set("service", parameter("service"));
    realm.searchParams.set("scope", parameter("scope"));
    const answer = await this.#fetch(realm, basic, signal);
    if (!isOk(answer)) {
      answer.destroy();
      throw new RegistryProblem(`${this.#registry} gives no token (status ${answer.statusCode})`);
    }
    const given = this.#jsonOf(await boundedBytes(answer, MAX_BYTES)) as {
      readonly token?: unknown;
      readonly access_token?: unknown;
    } | null;
    const token = given?.token ?? given?.access_token;
    if (typeof token === "string" && TOKEN.test(token)) return `Bearer ${token}`;
    throw new RegistryProblem(`${this.#registry} gives no token`);
  }

  /** What a parser says of a text quotes it. */
  #jsonOf(bytes: Buffer): unknown {
    try {
      return JSON.parse(bytes.toString("utf8"));
    } catch {
      throw new RegistryProblem(`${this.#registry} answered with something that is not JSON`);
    }
  }
}

function isOk({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

function discarded(answer: IncomingMessage): null {
  answer.destroy();
  return null;
}

function basicOf({ username, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Without what was read on the way: addresses of names, and names that a certificate is for. */
function reasonOf(error: unknown): string {
  // Where several addresses were tried, each has a reason of its own.
  const [first = error] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
  if (!(first instanceof Error)) return String(first);
  const { code, syscall, message } = first as NodeJS.ErrnoException;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "its certificate is for other names";
  return syscall === undefined ? message : `${syscall} ${code}`;
}
