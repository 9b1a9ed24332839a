/** What one step says to the authority: the directory, requests of the account, and what refusals mean. */
import type { z } from "zod";
import { IssuanceError } from "../../ports/certificate-authority.ts";
import type { Account, AccountRequests } from "./account.ts";
import { nonceOf, sendSigned, type SignedRequest } from "./acme-library.ts";
import { type Answer, Exchanges, jsonOf, type Peer } from "./exchange.ts";
import { type Directory, directorySchema } from "./messages.ts";
import { type Asked, issuanceError, plainLine, type Problem, problemSchema, shortType } from "./problem.ts";
import { retryAfterMs } from "./retry-after.ts";

/** An authority may move its resources; hardly ever does. */
const DIRECTORY_AGE_MAX_MS = 3_600_000;

/** What steps share. */
export interface SessionOptions {
  readonly peer: Peer;
  readonly account: Account;
  readonly directories: DirectoryCache;
}

export interface DirectoryCache {
  directory: Directory | null;
  readAtMs: number;
}

export class Session {
  readonly #options: SessionOptions;
  readonly #exchanges: Exchanges;
  readonly #signal: AbortSignal;
  readonly #nonces: string[] = [];

  constructor(options: SessionOptions, signal: AbortSignal) {
    this.#options = options;
    this.#exchanges = new Exchanges(options.peer, signal);
    this.#signal = signal;
  }

  /** Of the authority, for messages. */
  get host(): string {
    return this.#exchanges.host;
  }

  /** What CAA records call it; none before it said so. */
  get caaIdentities(): readonly string[] {
    return this.#options.directories.directory?.meta?.caaIdentities ?? [];
  }

  end(): void {
    this.#exchanges.end();
  }

  async directory(): Promise<Directory> {
    const { directories, peer } = this.#options;
    const nowMs = peer.clock.now();
    if (directories.directory !== null && nowMs - directories.readAtMs < DIRECTORY_AGE_MAX_MS) {
      return directories.directory;
    }
    const answer = await this.get(peer.directoryUrl);
    this.check(answer, "directory");
    directories.directory = this.parse(answer, directorySchema);
    directories.readAtMs = nowMs;
    return directories.directory;
  }

  /** Without a signature. A refusal is an answer. */
  get(url: string): Promise<Answer> {
    return this.#exchanges.send({ method: "GET", url, body: null });
  }

  /** A resource of the account. */
  async read<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
    return this.parse(await this.post({ url, payload: null, asked: "resource" }), schema);
  }

  /** Signed by the account, which is found or made first. */
  async post(request: {
    readonly url: string;
    readonly payload: object | null;
    readonly asked: Asked;
  }): Promise<Answer> {
    const answer = await this.#postOnce(request);
    const isUnknown = this.#isUnknownAccount(answer);
    const last = isUnknown ? await this.#postOnce(request) : answer;
    this.check(last, request.asked);
    return last;
  }

  parse<Schema extends z.ZodType>(answer: Answer, schema: Schema): z.output<Schema> {
    const { success, data } = schema.safeParse(jsonOf(answer));
    if (success) return data;
    const type = answer.headers["content-type"] ?? "no type";
    throw new IssuanceError(
      "unavailable",
      `${this.host} answered with something that is not ACME (${plainLine(type, 60)}).`,
    );
  }

  check(answer: Answer, asked: Asked): void {
    if (answer.status >= 200 && answer.status < 300) return;
    throw issuanceError({
      host: this.host,
      asked,
      status: answer.status,
      problem: problemOf(answer),
      retryAtMs: retryAfterMs(answer.headers["retry-after"], this.#options.peer.clock.now()),
      caaIdentities: this.caaIdentities,
    });
  }

  async #postOnce({
    url,
    payload,
  }: {
    readonly url: string;
    readonly payload: object | null;
  }): Promise<Answer> {
    const { account } = this.#options;
    const accountUrl = await account.url(await this.#accountRequests());
    const answer = await this.#send({ url, payload, accountUrl, externalAccount: null });
    if (this.#isUnknownAccount(answer)) account.forget(accountUrl);
    return answer;
  }

  async #accountRequests(): Promise<AccountRequests> {
    const directory = await this.directory();
    return {
      directory,
      signal: this.#signal,
      send: (payload, externalAccount) =>
        this.#send({ url: directory.newAccount, payload, accountUrl: null, externalAccount }),
      check: (answer) => this.check(answer, "account"),
      isUnknown: (answer) => this.#isUnknownAccount(answer),
    };
  }

  async #send(request: SignedRequest): Promise<Answer> {
    return sendSigned(request, {
      exchanges: this.#exchanges,
      accountKeyPem: await this.#options.account.keyPem(),
      nonces: this.#nonces,
      newNonce: () => this.#newNonce(),
    });
  }

  async #newNonce(): Promise<string> {
    const { newNonce } = await this.directory();
    const answer = await this.#exchanges.send({ method: "HEAD", url: newNonce, body: null });
    this.check(answer, "directory");
    const nonce = nonceOf(answer);
    if (nonce !== null) return nonce;
    throw new IssuanceError("unavailable", `${this.host} gave no nonce.`);
  }

  #isUnknownAccount(answer: Answer): boolean {
    return answer.status >= 400 && shortType(problemOf(answer)) === "accountDoesNotExist";
  }
}

function problemOf(answer: Answer): Problem {
  const { success, data } = problemSchema.safeParse(jsonOf(answer));
  return success ? data : {};
}
