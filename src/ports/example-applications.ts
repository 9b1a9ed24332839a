/** The example applications that come with Slipway: what their files are is known to who put it together. */
import type { CommittedFile } from "./hosted-repositories.ts";

export interface ExampleApplications {
  /** Those whose files are here, the simplest first. */
  list(): Promise<readonly ExampleApplication[]>;
  /** Null: there is none of this name. */
  filesOf(name: string): Promise<readonly CommittedFile[] | null>;
}

export interface ExampleApplication {
  readonly name: string;
  /** What it is written in. */
  readonly title: string;
  /** One sentence for people. */
  readonly description: string;
}
