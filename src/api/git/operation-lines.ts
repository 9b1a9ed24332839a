/** The lines of an operation's log as they come. */
import type { Service } from "../../domain/service.ts";
import type { LogReader } from "../../ports/service-log.ts";

const LINES_AT_ONCE = 1000;

/** Each call returns what was written since the one before, without the prefix of lines that are ours. */
export function operationLines(
  logs: Pick<LogReader, "read">,
  service: Pick<Service, "id" | "name">,
  operationId: string,
): () => Promise<readonly string[]> {
  const owner = { serviceId: service.id, serviceName: service.name };
  let cursor: string | null = null;
  return async () => {
    const texts: string[] = [];
    for (;;) {
      const page = await logs.read(owner, { kind: "operation", operationId }, { cursor }, LINES_AT_ONCE);
      const isEnd = page.cursor === cursor || page.lines.length === 0;
      cursor = page.cursor;
      texts.push(...page.lines.map(({ text }) => text.replace(/^\[AppRunner\] /, "")));
      if (isEnd) return texts;
    }
  };
}
