import { describe, expect, test } from "vitest";
import { NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import { anOperation, aStream, aSummary, ID, OPERATION_ID } from "../testing/service.ts";

const A = "a".repeat(32);
const B = "b".repeat(32);

type Lines = readonly (readonly [number, string])[];
type Input = Readonly<Record<string, unknown>>;

const one = {
  ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
  ListOperations: () => ({ OperationSummaryList: [anOperation().Operation] }),
  DescribeOperation: () => anOperation({ Status: "FAILED", ReleaseNumber: 2 }),
};
const LOGS: Readonly<Record<string, Lines>> = {
  [`instance/${A}`]: [
    [1000, "a one"],
    [3000, "a two"],
  ],
  [`instance/${B}`]: [[2000, "b one"]],
  events: [[1000, "[AppRunner] Service creation started."]],
  [`deployment/${OPERATION_ID}`]: [[1500, "[AppRunner] Starting."]],
  requests: [[1200, '{"status":200}']],
};

function groupOf(stream: string): string {
  if (stream === "requests") return "access";
  return stream.startsWith("instance/") ? "application" : "service";
}

/** What the API does with streams that have these lines, now. */
function api(read: () => Readonly<Record<string, Lines>> = () => LOGS) {
  const namesIn = ({ logGroupName }: Input) =>
    Object.keys(read()).filter((name) => String(logGroupName).endsWith(`/${groupOf(name)}`));
  const linesOf = (name: string) => read()[name] ?? [];
  return {
    ...one,
    DescribeLogStreams: (input: Input) => {
      const last = (name: string) => linesOf(name).at(-1)?.[0] ?? 0;
      return {
        logStreams: namesIn(input)
          .toSorted((x, y) => last(y) - last(x))
          .map((name) => aStream(name, { lastEventTimestamp: last(name) })),
      };
    },
    GetLogEvents: ({ logStreamName, nextToken, limit = 100, startFromHead, startTime = 0 }: Input) => {
      const lines = linesOf(String(logStreamName));
      const [way = startFromHead === true ? "f" : "b", at] =
        typeof nextToken === "string" ? nextToken.split("/") : [];
      const place = Number(at ?? (way === "f" ? 0 : lines.length));
      const [from, to] =
        way === "f"
          ? [place, Math.min(lines.length, place + Number(limit))]
          : [Math.max(0, place - Number(limit)), place];
      const events = lines.slice(from, to).filter(([timestamp]) => timestamp >= Number(startTime));
      return {
        events: events.map(([timestamp, message]) => ({ timestamp, message, ingestionTime: timestamp })),
        nextForwardToken: `f/${to}`,
        nextBackwardToken: `b/${from}`,
      };
    },
    FilterLogEvents: (input: Input) => {
      const { startTime = 0, endTime = Infinity, filterPattern = "", logStreamNamePrefix = "" } = input;
      const wanted = (input["logStreamNames"] as readonly string[] | undefined) ?? namesIn(input);
      const events = wanted
        .filter((name) => name.startsWith(String(logStreamNamePrefix)))
        .flatMap((name) =>
          linesOf(name).map(([timestamp, message], index) => ({
            logStreamName: name,
            timestamp,
            message,
            ingestionTime: timestamp,
            eventId: name + index,
          })),
        )
        .filter(({ timestamp }) => timestamp >= Number(startTime) && timestamp <= Number(endTime))
        .filter(({ message }) => message.includes(String(filterPattern)))
        .sort((x, y) => x.timestamp - y.timestamp);
      const at = Number(input["nextToken"] ?? 0);
      const next = at + 2 < events.length ? { nextToken: String(at + 2) } : {};
      return { events: events.slice(at, at + 2), searchedLogStreams: [], ...next };
    },
    ListInstances: () => ({
      Instances: [
        { InstanceId: A, ReleaseNumber: 1 },
        { InstanceId: B, ReleaseNumber: 2 },
      ],
    }),
  };
}

const LINE_A1 = "1970-01-01T00:00:01Z aaaaaaaa a one";
const LINE_B1 = "1970-01-01T00:00:02Z bbbbbbbb b one";
const LINE_A2 = "1970-01-01T00:00:03Z aaaaaaaa a two";
const EVENT = "1970-01-01T00:00:01Z [AppRunner] Service creation started.";
const STARTING = "1970-01-01T00:00:01Z [AppRunner] Starting.";

describe("what is shown", () => {
  test.each([
    [[], [LINE_A1, LINE_B1, LINE_A2]],
    [["-n", "1"], [LINE_A2]],
    [
      ["--limit", "2"],
      [LINE_B1, LINE_A2],
    ],
    [["--instance", "BBBB"], [LINE_B1]],
    [
      ["--since", "1970-01-01T00:00:02Z"],
      [LINE_B1, LINE_A2],
    ],
    [
      ["--until", "1970-01-01T00:00:02Z"],
      [LINE_A1, LINE_B1],
    ],
    [
      ["--since", "1970-01-01T00:00:00Z", "-n", "2"],
      [LINE_B1, LINE_A2],
    ],
    [
      ["--filter", "one"],
      [LINE_A1, LINE_B1],
    ],
    [["--filter", "one", "--instance", "a"], [LINE_A1]],
    [
      ["--group", "service"],
      [EVENT, STARTING],
    ],
    [["--events"], [EVENT]],
    [["--deployment"], [STARTING]],
    [["--deployment", OPERATION_ID], [STARTING]],
    [["--deployment", OPERATION_ID.slice(0, 4)], [STARTING]],
    [["--deployment", "--group", "application"], [LINE_B1]],
    [["--build"], [STARTING]],
    [["--access"], ['1970-01-01T00:00:01Z {"status":200}']],
    [["--group", "access", "--filter", "200"], ['1970-01-01T00:00:01Z {"status":200}']],
  ])("%j", async (args, lines) => {
    await using fake = await startFakeApi(api());
    const { out, err } = await slipway(fake, ["logs", "web", ...args]);
    expect({ lines: out.split("\n"), err }).toEqual({ lines, err: "" });
  });

  test("the group is the service's", async () => {
    await using fake = await startFakeApi(api());
    await slipway(fake, ["logs", "web"]);
    expect(fake.callsOf("GetLogEvents")[0]?.input).toMatchObject({
      logGroupName: `/aws/apprunner/web/${ID}/application`,
    });
  });

  test("JSON, a line each", async () => {
    await using fake = await startFakeApi(api());
    expect(JSON.parse((await slipway(fake, ["logs", "web", "--events", "--json"])).out)).toEqual({
      Timestamp: 1000,
      Message: "[AppRunner] Service creation started.",
      LogStreamName: "events",
    });
  });

  test("streams on later pages are read too, and those that are older than what is shown are not", async () => {
    const many = api();
    await using fake = await startFakeApi({
      ...many,
      DescribeLogStreams: ({ nextToken }) =>
        nextToken === "more"
          ? { logStreams: [aStream(`instance/${B}`, { lastEventTimestamp: 2000 })] }
          : { logStreams: [aStream(`instance/${A}`, { lastEventTimestamp: 3000 })], nextToken: "more" },
    });
    expect((await slipway(fake, ["logs", "web"])).out.split("\n")).toEqual([LINE_A1, LINE_B1, LINE_A2]);
    const before = fake.callsOf("GetLogEvents").length;
    await slipway(fake, ["logs", "web", "-n", "1"]);
    expect(
      fake
        .callsOf("GetLogEvents")
        .slice(before)
        .map(({ input }) => input["logStreamName"]),
    ).toEqual([`instance/${A}`]);
  });
});

describe("what an application writes cannot command the terminal", () => {
  const hostile = "\u001B[31mred\u001B[2J\u001B]0;title\u0007 \u009B2J\u202Etxt\r\u0008over";
  const writing = () => api(() => ({ events: [[1000, hostile]] }));

  test("on paper nothing is left of it", async () => {
    await using fake = await startFakeApi(writing());
    const { out } = await slipway(fake, ["logs", "web", "--events"]);
    expect(out).toBe("1970-01-01T00:00:01Z red[2J]0;title 2Jtxtover");
  });

  test("JSON holds it, escaped", async () => {
    await using fake = await startFakeApi(writing());
    const { out } = await slipway(fake, ["logs", "web", "--events", "--json"]);
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(out).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
    expect(JSON.parse(out)).toMatchObject({ Message: hostile });
  });
});

test.each([
  [["--deployment", "ffff"], `web has no operation "ffff"; there are ${OPERATION_ID} (CREATE_SERVICE).`],
  [["--instance", "ffff"], "has no log of instance ffff"],
  [["--events", "--instance", "a"], "cannot be used with"],
  [["--until", "1h", "-f"], "cannot be used with"],
  [["--access", "--group", "service"], "cannot be used with"],
  [["--group", "all"], "application, service, access"],
  [["-n", "none"], "Write a number of lines"],
  [["--until", "soon"], '--until: "soon" is not a time'],
  [["--since", "1h", "--until", "2h"], "--until is before --since"],
])("%j is told as an error", async (args, message) => {
  await using fake = await startFakeApi(api());
  const { exitCode, err } = await slipway(fake, ["logs", "web", ...args]);
  expect(exitCode).toBeGreaterThan(0);
  expect(err).toContain(message);
});

test("the logs of a deleted service are those of the last one of that name", async () => {
  const groupOf = (id: string, creationTime: number) => {
    const logGroupName = `/aws/apprunner/web/${id}/application`;
    return {
      logGroupName,
      creationTime,
      logGroupArn: `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`,
    };
  };
  await using fake = await startFakeApi({
    ...api(),
    ListServices: () => ({ ServiceSummaryList: [] }),
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
      logGroups:
        logGroupNamePrefix === "/aws/apprunner/web/" ? [groupOf("1".repeat(32), 1), groupOf(ID, 2)] : [],
    }),
  });
  expect((await slipway(fake, ["logs", "web"])).out.split("\n")).toHaveLength(3);
  expect(fake.callsOf("GetLogEvents")[0]?.input).toMatchObject({
    logGroupName: `/aws/apprunner/web/${ID}/application`,
  });
  expect((await slipway(fake, ["logs", "other"])).err).toContain('There is no service "other"');
});

test("a pattern that the server refuses is told in its words", async () => {
  await using fake = await startFakeApi({
    ...api(),
    FilterLogEvents: () => {
      throw new Refusal("InvalidParameterException", "Invalid filter pattern: character 3: no.");
    },
  });
  const { exitCode, err } = await slipway(fake, ["logs", "web", "--filter", "{ x"]);
  expect([exitCode, err]).toEqual([1, expect.stringContaining("character 3: no")]);
});

test.each([
  [[], "No lines yet."],
  [["--since", "1h"], "No such lines."],
])("a log that nobody has written to yet is not an error: %j", async (args, err) => {
  const missing = () => {
    throw new Refusal("ResourceNotFoundException", "no such group");
  };
  await using fake = await startFakeApi({ ...one, DescribeLogStreams: missing, FilterLogEvents: missing });
  expect(await slipway(fake, ["logs", "web", ...args])).toEqual({ exitCode: 0, out: "", err });
});

test.each([["off"], ["on"]])("whether the access log is %s is told where it is asked for", async (Value) => {
  await using fake = await startFakeApi({
    ...api(() => ({})),
    ListTagsForResource: () => ({ Tags: [{ Key: "slipway:access-log", Value }] }),
  });
  const { err } = await slipway(fake, ["logs", "web", "--access"]);
  expect(err.includes("The access log of web is off.")).toBe(Value === "off");
  expect(err.includes("--tags Key=slipway:access-log,Value=on")).toBe(Value === "off");
  const onSleep = () => {
    throw new Stopped();
  };
  const followed = await slipway(fake, ["logs", "web", "--group", "access", "-f"], { onSleep });
  expect(followed.err.includes("The access log of web is off.")).toBe(Value === "off");
});

test.each([[[]], [["--filter", "a"]]])("-f -n 0 shows only what is new: %j", async (args) => {
  let lines: Lines = [[NOW_MS, "a old"]];
  await using fake = await startFakeApi({
    ...api(() => ({ [`instance/${A}`]: lines })),
    FilterLogEvents: () => ({
      events: lines.map(([timestamp, message]) => ({
        timestamp,
        message,
        logStreamName: `instance/${A}`,
        eventId: message,
      })),
    }),
  });
  const onSleep = (times: number) => {
    lines = [...lines, [NOW_MS + 1, "a new"]];
    if (times > 1) throw new Stopped();
  };
  const { out } = await slipway(fake, ["logs", "web", "-f", "-n", "0", ...args], { onSleep });
  expect(out).toMatch(/^\S+ \S+ a new$/);
});

class Stopped extends Error {}

const older: Lines = Array.from({ length: 5 }, (_, index) => [index, `old${index}`] as const);
/** A service in four rounds: its lines, another instance, an old one that speaks again. */
const rounds: readonly Readonly<Record<string, Lines>>[] = [
  { [`instance/${A}`]: [[NOW_MS, "a0"]], "instance/old": older },
  {
    [`instance/${A}`]: [
      [NOW_MS, "a0"],
      [NOW_MS + 1, "a1"],
    ],
    "instance/old": older,
  },
  {
    [`instance/${A}`]: [
      [NOW_MS, "a0"],
      [NOW_MS + 1, "a1"],
    ],
    [`instance/${B}`]: [[NOW_MS + 1, "b0"]],
    "instance/old": [...older, [NOW_MS + 2, "old5"]],
  },
];

test.each([
  [
    ["-n", "1"],
    ["a0", "a1", "b0", "old5"],
  ],
  [
    ["--since", "1m"],
    ["a0", "a1", "b0", "old5"],
  ],
  [
    ["--filter", "a"],
    ["a0", "a1"],
  ],
])("-f %j goes on with new lines and new instances, once each", async (args, lines) => {
  let round = 0;
  await using fake = await startFakeApi(api(() => rounds[Math.min(round, 2)] ?? {}));
  const { out, err } = await slipway(fake, ["logs", "web", "-f", ...args], {
    onSleep: (times) => {
      round = times;
      if (times > 9) throw new Stopped("stopped");
    },
  });
  expect(err).toContain("stopped");
  expect(out.match(/(?:old|[ab])\d$/gm)).toEqual(lines);
});

test("-f asks for each stream that speaks once a poll, and for new ones now and then", async () => {
  const names = Array.from({ length: 30 }, (_, index) => `instance/${index.toString(16).padStart(32, "0")}`);
  const lines = Object.fromEntries(names.map((name, index) => [name, [[1000 + index, "said"]] as Lines]));
  await using fake = await startFakeApi(api(() => lines));
  const polls = 10;
  let before = { listings: 0, reads: 0 };
  const calls = () => ({
    listings: fake.callsOf("DescribeLogStreams").length,
    reads: fake.callsOf("GetLogEvents").length,
  });
  await slipway(fake, ["logs", "web", "-f"], {
    onSleep: (times) => {
      if (times === 1) before = calls();
      if (times > polls) throw new Stopped("stopped");
    },
  });
  const after = calls();
  expect(after.listings - before.listings).toBe(2);
  expect(after.reads - before.reads).toBe(30 + (polls - 1) * 10);
});
