import type { LogsType } from "../../../contract/index.ts";
import { compileFilterPattern } from "../../../domain/filter-pattern/filter-pattern.ts";
import { isSlipwayError } from "../../../domain/error.ts";
import type { FoundLine } from "../../../ports/service-log.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import {
  assertWritten,
  findLogGroup,
  invalidLogs,
  logStreamName,
  type NamedLogGroup,
} from "../../resources/log-group.ts";
import { assertReadable, LiveTail } from "../../resources/live-tail.ts";
import { toUuid } from "../../request-id.ts";

type Input = Parameters<Handler<"Logs_20140328.StartLiveTail">>[0];
type LiveTailEvents = LogsType<"StartLiveTailResponse">["responseStream"];

const GROUPS_MAX = 10;
const UPDATE_EACH_MS = 1_000;
const SESSION_MS = 3 * 60 * 60_000;

/** CloudWatch Logs API, StartLiveTail: new lines once a second, for three hours or as long as somebody reads. */
export const startLiveTail: Handler<"Logs_20140328.StartLiveTail"> = async (input, context) => {
  const groups = await findGroups(input, context);
  const isWanted = lineTest(input);
  await assertReadable(groups, context.logs);
  const begin = context.liveTails.take(context.clock.now());
  return { responseStream: tail(input, { groups, isWanted, begin }, context) };
};

async function findGroups(
  { logGroupIdentifiers: identifiers }: Input,
  context: HandlerContext,
): Promise<readonly NamedLogGroup[]> {
  if (identifiers.length === 0 || identifiers.length > GROUPS_MAX) {
    throw invalidLogs("logGroupIdentifiers", `has ${identifiers.length}; it must have 1 to ${GROUPS_MAX}`);
  }
  return Promise.all(
    identifiers.map(async (logGroupIdentifier) => {
      const group = await findLogGroup({ logGroupIdentifier }, context);
      await assertWritten(group, [], context.logs);
      return group;
    }),
  );
}

function lineTest(input: Input): (line: FoundLine) => boolean {
  const { logStreamNames: names = [], logStreamNamePrefixes: prefixes = [] } = input;
  if (names.length > 0 && prefixes.length > 0) {
    throw invalidLogs("logStreamNames", "give either logStreamNames or logStreamNamePrefixes");
  }
  if (names.length + prefixes.length > 0 && input.logGroupIdentifiers.length > 1) {
    throw invalidLogs("logGroupIdentifiers", "only one may be given together with names of streams");
  }
  const { matches } = compileFilterPattern(input.logEventFilterPattern ?? "");
  const isNamed = (name: string) =>
    names.length + prefixes.length === 0 ||
    names.includes(name) ||
    prefixes.some((prefix) => name.startsWith(prefix));
  return ({ stream, text }) => isNamed(logStreamName(stream)) && matches(text);
}

interface Session {
  readonly groups: readonly NamedLogGroup[];
  readonly isWanted: (line: FoundLine) => boolean;
  /** What it returns ends the tail. */
  readonly begin: () => () => void;
}

async function* tail(
  input: Input,
  { groups, isWanted, begin }: Session,
  context: HandlerContext,
): LiveTailEvents {
  const over = new AbortController();
  const close = begin();
  const live = new LiveTail({ logs: context.logs, account: context.scope.account, isWanted });
  const endsAtMs = context.clock.now() + SESSION_MS;
  try {
    live.watch(groups, over.signal);
    const ids = { requestId: toUuid(context.ids.hex32()), sessionId: toUuid(context.ids.hex32()) };
    yield { event: "sessionStart", value: { ...ids, ...input } };
    while (context.clock.now() < endsAtMs) {
      await context.clock.sleep(UPDATE_EACH_MS, over.signal);
      yield { event: "sessionUpdate", value: await live.take() };
    }
    yield { event: "SessionTimeoutException", value: { message: "The session was open for three hours." } };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    yield { event: "SessionStreamingException", value: { message: error.message } };
  } finally {
    over.abort();
    close();
  }
}
