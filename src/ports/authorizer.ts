/** Whether a principal may do something: asked by the one dispatcher, and by whoever acts in somebody's name. Implementation: `identity/`. */
import type { Principal } from "../domain/identity.ts";
import type { Tag } from "../domain/tag.ts";

export interface Question {
  readonly principal: Principal;
  /** For example `apprunner:CreateService`. */
  readonly action: string;
  /** An ARN, or `*` where the operation names no resource that exists already. */
  readonly resource: string;
  /** What conditions may ask about: lower-case key (`aws:sourceip`, `aws:requesttag/team`) → its values. What the principal
   * tells of itself is added here. */
  readonly context: ReadonlyMap<string, readonly string[]>;
  /** Looked up only when a policy asks for `aws:ResourceTag/…`. Left out: the resource has none. */
  readonly resourceTags?: () => Promise<readonly Tag[]>;
  /** With the resource `*`: whether it is allowed for each that there is or will be. Whatever denies one of them denies this. */
  readonly isForAll?: true;
  /** Given of a call that is not made yet: then it is asked whether it could be allowed, whatever is still open of it. */
  readonly imagined?: ImaginedQuestion;
}

export interface ImaginedQuestion {
  /** With the resource `*`: which one it will be is open. */
  readonly isOfAny: boolean;
  /** Of a lower-case key of the context: whether its value is. */
  readonly isOpen: (key: string) => boolean;
}

export interface Decision {
  readonly isAllowed: boolean;
  /** As AWS ends its sentence: "because no identity-based policy allows the … action", "with an explicit deny …". Empty when allowed. */
  readonly reason: string;
}

export interface Authorizer {
  /** Denied unless something allows it and nothing denies it. Another account's resources are denied to everybody. */
  decide(question: Question): Promise<Decision>;
  /** What a role may do, for who acts in its name: a deployment that reads secrets. Denied when there is no such role. */
  decideForRole(roleArn: string, question: Omit<Question, "principal">): Promise<Decision>;
}
