/** Hosted repositories without git: what is asked of them is kept, and a push says what the test wants it to. */
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type {
  FirstCommit,
  HostedGitReply,
  HostedGitRequest,
  HostedRepositories,
  HostedUsage,
  LastPush,
  PushedReference,
} from "../../ports/hosted-repositories.ts";

export class FakeRepositories implements HostedRepositories {
  readonly names = new Set<string>();
  readonly firstCommits = new Map<string, FirstCommit>();
  readonly requests: Omit<HostedGitRequest, "body" | "onPush">[] = [];
  readonly bodies: Buffer[] = [];
  readonly signals: AbortSignal[] = [];
  /** What the next pushes change. */
  changes: readonly PushedReference[] = [];
  pushed: LastPush | null = null;
  outcome: { readonly ok: boolean } | null = null;

  create(name: string, firstCommit?: FirstCommit): Promise<void> {
    this.names.add(name);
    if (firstCommit !== undefined) this.firstCommits.set(name, firstCommit);
    return Promise.resolve();
  }

  exists(name: string): Promise<boolean> {
    return Promise.resolve(this.names.has(name));
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.names].toSorted());
  }

  remove(name: string): Promise<void> {
    this.names.delete(name);
    return Promise.resolve();
  }

  usage(): Promise<HostedUsage> {
    return Promise.resolve({ bytes: 0, quotaBytes: 1 });
  }

  lastPush(): Promise<LastPush | null> {
    return Promise.resolve(this.pushed);
  }

  pathOf(name: string): string {
    return `/nowhere/${name}.git`;
  }

  async serve({ body, onPush, ...request }: HostedGitRequest, signal: AbortSignal): Promise<HostedGitReply> {
    this.requests.push(request);
    this.signals.push(signal);
    this.bodies.push(await buffer(body));
    const lines: string[] = [];
    if (request.path === "git-receive-pack") {
      this.outcome = await onPush(this.changes, (line) => void lines.push(`${line}\n`));
    }
    return { status: 200, headers: { "content-type": "text/plain" }, body: Readable.from(lines) };
  }
}
