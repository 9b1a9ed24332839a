/**
 * Tells the story of a service in its logs. Every line has a key that is stable for its operation, so that a step that
 * runs again after a crash tells nothing twice.
 */
import type { Service } from "../domain/service.ts";
import type { LogOwner, ServiceLog } from "../ports/service-log.ts";

export interface StoryLine {
  /** Unique within the operation. */
  readonly key: string;
  readonly text: string;
}

export class Story {
  readonly #log: ServiceLog;

  constructor(log: ServiceLog) {
    this.#log = log;
  }

  /** Into the service's event log. `subjectId`: the operation's id, or the instance's where no operation is at work. */
  async event(service: Service, subjectId: string, ...lines: readonly StoryLine[]): Promise<void> {
    for (const { key, text } of lines) {
      await this.#log.write(ownerOf(service), { kind: "events" }, { key: `${subjectId}:${key}`, text });
    }
  }

  /** Into the log of one operation. */
  async detail(service: Service, operationId: string, ...lines: readonly StoryLine[]): Promise<void> {
    for (const line of lines) {
      await this.#log.write(ownerOf(service), { kind: "operation", operationId }, line);
    }
  }

  /** Into both. */
  async tell(service: Service, operationId: string, ...lines: readonly StoryLine[]): Promise<void> {
    await this.event(service, operationId, ...lines);
    await this.detail(service, operationId, ...lines);
  }
}

export function ownerOf(service: Pick<Service, "id" | "name">): LogOwner {
  return { serviceId: service.id, serviceName: service.name };
}
