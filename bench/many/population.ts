/** Many services as a machine with many owners has them: few are called, some rest, most are at zero. */
import type { AppRunnerClient } from "@aws-sdk/client-apprunner";
import { create, untilRunning } from "../support/services.ts";

export type Kind = "busy" | "throttled" | "frozen" | "zero";

/** However many there are in all; the rest is at zero. */
export const KEPT: readonly (readonly [Kind, number])[] = [
  ["busy", 20],
  ["throttled", 20],
  ["frozen", 10],
];
const TAGS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  busy: {},
  throttled: {},
  frozen: { "slipway:scale-to-zero": "1s", "slipway:warm-zero": "24h" },
  zero: { "slipway:scale-to-zero": "1s", "slipway:warm-zero": "0s" },
};
/** Starts beyond this many at a time only wait for the engine. */
const PARALLEL = 4;

export interface Member {
  readonly kind: Kind;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
}

/** Adds services until there are so many; those kept come first. */
export class Population {
  readonly members: Member[] = [];
  readonly #client: AppRunnerClient;
  readonly #image: string;

  constructor(client: AppRunnerClient, image: string) {
    this.#client = client;
    this.#image = image;
  }

  async growTo(count: number): Promise<void> {
    let next = this.members.length;
    const work = async (): Promise<void> => {
      while (next < count) await this.#add(next++);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  of(kind: Kind): readonly Member[] {
    return this.members.filter((member) => member.kind === kind);
  }

  async #add(index: number): Promise<void> {
    const kind = kindOf(index);
    const name = `many-${index}`;
    const { arn, url } = await create(this.#client, name, this.#image, { tags: TAGS[kind] });
    this.members.push({ kind, name, arn, url });
    await untilRunning(this.#client, arn);
  }
}

function kindOf(index: number): Kind {
  let first = 0;
  for (const [kind, count] of KEPT) {
    if (index < first + count) return kind;
    first += count;
  }
  return "zero";
}
