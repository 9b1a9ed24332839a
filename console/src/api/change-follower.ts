/**
 * The live stream of the control plane, as server-sent events. It is opened anew whenever it breaks or is silent. A tab that
 * nobody sees has none: browsers have six connections for all of them.
 */

export type LiveState = "connecting" | "live" | "lost";

export interface ChangeListener {
  readonly onState: (state: LiveState) => void;
  readonly onTopics: (topics: readonly string[]) => void;
  /** The session has ended, or may have. */
  readonly onDoubt: () => void;
  /** Live again: what changed meanwhile was not told. */
  readonly onReturn: () => void;
}

type Timer = ReturnType<typeof setTimeout>;

/** The control plane beats every 15 s. */
const SILENCE_MS = 40_000;
const RETRY_MS = 3_000;
/** So long without a stream is told as lost. */
const LOST_AFTER_MS = 10_000;

export class ChangeFollower {
  readonly #url: URL;
  readonly #listener: ChangeListener;
  readonly #leaving = new AbortController();
  #stream: EventSource | null = null;
  #wasLive = false;
  #retry: Timer | undefined;
  #silence: Timer | undefined;
  #loss: Timer | undefined;

  constructor(url: URL, listener: ChangeListener) {
    this.#url = url;
    this.#listener = listener;
  }

  start(): void {
    const { signal } = this.#leaving;
    document.addEventListener("visibilitychange", () => this.#look(), { signal });
    window.addEventListener("online", () => this.#connect(), { signal });
    this.#look();
  }

  end(): void {
    this.#leaving.abort();
    this.#disconnect();
    clearTimeout(this.#loss);
  }

  #look(): void {
    if (document.hidden) this.#disconnect();
    else this.#connect();
  }

  #connect(): void {
    this.#disconnect();
    if (document.hidden) return;
    const stream = new EventSource(this.#url, { withCredentials: true });
    this.#stream = stream;
    stream.addEventListener("open", () => this.#onOpen());
    stream.addEventListener("error", () => this.#onError());
    stream.addEventListener("beat", () => this.#heard());
    stream.addEventListener("change", (event: MessageEvent<string>) => {
      this.#heard();
      this.#listener.onTopics((JSON.parse(event.data) as { readonly topics: readonly string[] }).topics);
    });
    stream.addEventListener("ended", () => {
      this.#disconnect();
      this.#listener.onDoubt();
    });
  }

  #onOpen(): void {
    clearTimeout(this.#loss);
    this.#loss = undefined;
    this.#heard();
    this.#listener.onState("live");
    if (this.#wasLive) this.#listener.onReturn();
    this.#wasLive = true;
  }

  /** We try again ourselves: a browser gives up for good when it is refused, as by a proxy whose control plane starts anew. */
  #onError(): void {
    const isRefused = this.#stream?.readyState === EventSource.CLOSED;
    this.#disconnect();
    this.#listener.onState("connecting");
    this.#loss ??= setTimeout(() => this.#listener.onState("lost"), LOST_AFTER_MS);
    this.#retry = setTimeout(() => this.#connect(), RETRY_MS);
    if (isRefused) this.#listener.onDoubt();
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#connect(), SILENCE_MS);
  }

  #disconnect(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#stream?.close();
    this.#stream = null;
  }
}
