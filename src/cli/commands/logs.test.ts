import { expect, test } from "vitest";
import { NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import { anOperation, aStream, aSummary, ID, logReply, OPERATION_ID } from "../testing/service.ts";

const one = {
  ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
  ListOperations: () => ({ OperationSummaryList: [anOperation().Operation] }),
};
const LOGS: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  "instance/aaaaaaaaaaaa": [
    [1000, "a one"],
    [3000, "a two"],
  ],
  "instance/bbbbbbbbbbbb": [[2000, "b one"]],
  events: [[1000, "[AppRunner] Service creation started."]],
  [`deployment/${OPERATION_ID}`]: [[1500, "[AppRunner] Starting."]],
};

function streamsOf(group: unknown) {
  const isApplication = String(group).endsWith("/application");
  return Object.keys(LOGS).filter((name) => name.startsWith("instance/") === isApplication);
}

const logs = {
  ...one,
  DescribeLogStreams: ({ LogGroupName }: Readonly<Record<string, unknown>>) => ({
    LogStreams: streamsOf(LogGroupName).map((name) => aStream(name)),
  }),
  GetLogEvents: ({ LogStreamName, NextToken, StartTime }: Readonly<Record<string, unknown>>) => {
    const lines = (LOGS[String(LogStreamName)] ?? []).filter(
      ([time]) => StartTime === undefined || time >= Number(StartTime),
    );
    return logReply(lines, NextToken);
  },
};

test("the output of all instances in order of time, each line with who wrote it", async () => {
  await using api = await startFakeApi(logs);
  expect((await slipway(api, ["logs", "web"])).out.split("\n")).toEqual([
    "1970-01-01T00:00:01Z aaaaaaaa a one",
    "1970-01-01T00:00:02Z bbbbbbbb b one",
    "1970-01-01T00:00:03Z aaaaaaaa a two",
  ]);
  expect((await slipway(api, ["logs", "web", "-n", "1"])).out).toBe("1970-01-01T00:00:03Z aaaaaaaa a two");
  expect((await slipway(api, ["logs", "web", "--instance", "bbbb"])).out).toBe("1970-01-01T00:00:02Z b one");
  expect(api.callsOf("GetLogEvents")[0]?.input).toMatchObject({
    LogGroupName: `/aws/apprunner/web/${ID}/application`,
  });
});

test("events, the newest deployment, one deployment, since, JSON", async () => {
  await using api = await startFakeApi(logs);
  expect((await slipway(api, ["logs", "web", "--events"])).out).toContain("Service creation started.");
  expect((await slipway(api, ["logs", "web", "--deployment"])).out).toContain("Starting.");
  expect((await slipway(api, ["logs", "web", "--deployment", OPERATION_ID])).out).toContain("Starting.");
  expect((await slipway(api, ["logs", "web", "--deployment", OPERATION_ID.slice(0, 4)])).out).toContain(
    "Starting.",
  );
  expect((await slipway(api, ["logs", "web", "--since", "1970-01-01T00:00:02Z"])).out).not.toContain("a one");
  expect(JSON.parse((await slipway(api, ["logs", "web", "--events", "--json"])).out)).toEqual({
    Timestamp: 1000,
    Message: "[AppRunner] Service creation started.",
    LogStreamName: "events",
  });
});

test.each([
  [["--deployment", "ffff"], `web has no operation "ffff"; there are ${OPERATION_ID} (CREATE_SERVICE).`],
  [["--instance", "ffff"], "has no log of instance ffff"],
  [["--events", "--instance", "a"], "cannot be used with"],
  [["-n", "none"], "Write a number of lines"],
])("%j is told as an error", async (args, message) => {
  await using api = await startFakeApi(logs);
  const { exitCode, err } = await slipway(api, ["logs", "web", ...args]);
  expect(exitCode).toBeGreaterThan(0);
  expect(err).toContain(message);
});

test("a log that nobody has written to yet is not an error", async () => {
  await using api = await startFakeApi({
    ...one,
    DescribeLogStreams: () => {
      throw new Refusal("ResourceNotFoundException", "no such group");
    },
  });
  expect(await slipway(api, ["logs", "web"])).toEqual({ exitCode: 0, out: "", err: "No lines yet." });
});

test("a long log is not read whole for its last lines", async () => {
  const last = NOW_MS;
  await using api = await startFakeApi({
    ...one,
    DescribeLogStreams: () => ({
      LogStreams: [aStream("instance/a", { FirstEventTimestamp: 0, LastEventTimestamp: last })],
    }),
    GetLogEvents: ({ NextToken, StartTime }) => {
      expect(StartTime).toBeDefined();
      const lines =
        Number(StartTime) === last - 60_000
          ? [[last, "newest"] as const]
          : ([
              [last - 800_000, "older"],
              [last, "newest"],
            ] as const);
      return logReply(lines, NextToken);
    },
  });
  expect((await slipway(api, ["logs", "web", "-n", "2"])).out).toMatch(/older\n.*newest$/);
  expect((await slipway(api, ["logs", "web", "-n", "1"])).out).toMatch(/^\S+ newest$/);
});

test("-f goes on with new lines and new instances, once each", async () => {
  class Stopped extends Error {}
  let round = 0;
  const content = () =>
    [["a", round >= 1 ? ["a0", "a1"] : ["a0"]], ...(round >= 2 ? [["b", ["b0"]]] : [])] as [
      string,
      string[],
    ][];
  await using api = await startFakeApi({
    ...one,
    DescribeLogStreams: () => ({ LogStreams: content().map(([name]) => aStream(`instance/${name}`)) }),
    GetLogEvents: ({ LogStreamName, NextToken }) => {
      const lines = content().find(([name]) => LogStreamName === `instance/${name}`)?.[1] ?? [];
      const from = Number(NextToken ?? 0);
      const events = lines.slice(from).map((Message, index) => ({ Timestamp: 1000 + from + index, Message }));
      return { Events: events, NextToken: String(lines.length) };
    },
  });
  const { out, err } = await slipway(api, ["logs", "web", "-f"], {
    onSleep: (times) => {
      round = times;
      if (times > 4) throw new Stopped("stopped");
    },
  });
  expect(err).toContain("stopped");
  expect(out.match(/[ab]\d$/gm)).toEqual(["a0", "a1", "b0"]);
});

test("streams on later pages are read too", async () => {
  await using api = await startFakeApi({
    ...logs,
    DescribeLogStreams: ({ NextToken }) =>
      NextToken === "more"
        ? { LogStreams: [aStream("instance/bbbbbbbbbbbb")] }
        : { LogStreams: [aStream("instance/aaaaaaaaaaaa")], NextToken: "more" },
  });
  expect((await slipway(api, ["logs", "web", "--instance", "bbbb"])).out).toBe("1970-01-01T00:00:02Z b one");
});
