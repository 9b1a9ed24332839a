/** Sends nothing: remembers what it was asked for. For tests of the API. */
import type { EventDestination } from "../domain/event-destination.ts";
import type { EventSending, SendOutcome } from "./event-sending.ts";

export class FakeEventSending implements EventSending {
  outcome: SendOutcome = { status: 204, problem: null, retryAfterMs: null };
  readonly pinged: string[] = [];
  readonly reconsidered: string[] = [];

  async ping({ name }: EventDestination): Promise<SendOutcome> {
    this.pinged.push(name);
    return this.outcome;
  }

  problemOf({ hostname }: URL): string | null {
    return hostname === "10.0.0.1" ? "10.0.0.1 is refused" : null;
  }

  reconsider(destinationArn: string): void {
    this.reconsidered.push(destinationArn);
  }
}
