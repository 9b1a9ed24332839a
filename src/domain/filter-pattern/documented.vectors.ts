/** The examples of CloudWatch Logs' page "Filter pattern syntax", as data: pattern, lines that match, lines that do not. */

interface Vector {
  readonly pattern: string;
  readonly matching: readonly string[];
  readonly others: readonly string[];
}

const ERROR_400 = "[ERROR 400] BAD REQUEST";
const ERROR_401 = "[ERROR 401] UNAUTHORIZED REQUEST";
const ERROR_419 = "[ERROR 419] MISSING ARGUMENTS";
const ERROR_420 = "[ERROR 420] INVALID ARGUMENTS";
const ERROR_500 = "[ERROR 500] INTERNAL SERVER ERROR";

const TRAIL = JSON.stringify({
  eventType: "UpdateTrail",
  sourceIPAddress: "111.111.111.111",
  arrayKey: ["value", "another value"],
  objectList: [
    { name: "a", id: 1 },
    { name: "b", id: 2 },
  ],
  SomeObject: null,
  "cluster.name": "c",
});
const USERS = JSON.stringify({
  user: { id: 1, email: "John.Stiles@example.com" },
  users: [
    { id: 2, email: "John.Doe@example.com" },
    { id: 3, email: "Jane.Doe@example.com" },
  ],
  actions: ["GET", "PUT", "DELETE"],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
    [7, 8, 9],
  ],
});
const NUMBERS = JSON.stringify({
  bandwidth: 80,
  latency: 49,
  refreshRate: 60,
  responseTime: 5,
  errorCode: 400,
  number: [1000],
});

const ACCESS = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
const GET_TOP = "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200";
const POST_CHILD = "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310";
const WARNING = "WARNING 09/25/2014 12:00:02 Invalid user request";
const FAILED = "ERROR 09/25/2014 12:00:02 Failed to process request";

export const documentedVectors: readonly Vector[] = [
  { pattern: "", matching: [ERROR_400, ""], others: [] },
  { pattern: '" "', matching: [ERROR_400, "x"], others: [] },
  { pattern: "ERROR", matching: [ERROR_400, ERROR_401, ERROR_419], others: ["[error 400]", "TERRORS"] },
  { pattern: "ERROR ARGUMENTS", matching: [ERROR_419, ERROR_420], others: [ERROR_400, ERROR_401] },
  { pattern: "?ERROR ?ARGUMENTS", matching: [ERROR_400, "ARGUMENTS"], others: ["[INFO] REQUEST FAILED"] },
  {
    pattern: "?ERROR ?ARGUMENTS REQUEST",
    matching: ["[INFO] REQUEST FAILED", "[WARN] UNAUTHORIZED REQUEST", "[ERROR] 400 BAD REQUEST"],
    others: [ERROR_419],
  },
  {
    pattern: '"INTERNAL SERVER ERROR"',
    matching: [ERROR_500],
    others: [ERROR_400, "INTERNAL  SERVER ERROR"],
  },
  { pattern: "ERROR -ARGUMENTS", matching: [ERROR_400, ERROR_401], others: [ERROR_419, ERROR_420] },

  { pattern: "%AUTHORIZED%", matching: [ERROR_401, "[SUCCESS 200] AUTHORIZED REQUEST"], others: [ERROR_400] },
  { pattern: "%^[hc]at%", matching: ["hat", "cats"], others: ["a hat", "bat"] },
  { pattern: "%[hc]at$%", matching: ["a hat", "cat"], others: ["hats"] },
  { pattern: "%colou?r%", matching: ["color", "colour"], others: ["colouur"] },
  { pattern: "%[abcx-z]%", matching: ["a", "y"], others: ["d", "w"] },
  { pattern: "%^a{3,5}$%", matching: ["aaa", "aaaaa"], others: ["aa", "aaaaaa"] },
  {
    pattern: "%^starting|^initializing|^shutting down%",
    matching: ["starting now", "initializing", "shutting down"],
    others: ["skipping initializing"],
  },
  { pattern: "%abcc|ab[^c]$%", matching: ["abcc more", "aba"], others: ["aac"] },
  { pattern: String.raw`%\[.\]%`, matching: ["[a]", "[]]", "[ ]"], others: ["[]", "[ab]"] },
  { pattern: String.raw`%10\.10\.0\.1%`, matching: ["from 10.10.0.1"], others: ["10010,051"] },
  { pattern: "%10.10.0.1%", matching: ["10.10.0.1", "10010,051"], others: ["10.10.0"] },
  { pattern: "%ab*c%", matching: ["ac", "abc", "abbbc"], others: ["adc"] },
  { pattern: "%ab+c%", matching: ["abc", "abbc"], others: ["ac"] },
  { pattern: "%ab[0-9]*%", matching: ["ab", "ab0", "ab129"], others: ["a1b"] },
  { pattern: "%.at%", matching: ["hat", "#at", " at"], others: ["at"] },
  { pattern: String.raw`%^\d\D\s\S\w\W$%`, matching: ["1a b_-"], others: ["aa b_-"] },
  { pattern: String.raw`%\x28\x3A%`, matching: ["(:"], others: ["28"] },

  { pattern: '{ $.eventType = "UpdateTrail" }', matching: [TRAIL], others: [USERS, "UpdateTrail"] },
  { pattern: "{ $.sourceIPAddress != 123.123.* }", matching: [TRAIL], others: [USERS] },
  { pattern: '{ $.arrayKey[0] = "value" }', matching: [TRAIL], others: [USERS] },
  { pattern: '{ $.arrayKey = "value" }', matching: [], others: [TRAIL] },
  { pattern: "{ $.eventType = %Trail% }", matching: [TRAIL], others: [USERS] },
  { pattern: "{ $.arrayKey[*] = %val.{2}% }", matching: [TRAIL], others: [USERS] },
  { pattern: String.raw`{ $.* = %111\.111\.111\.1[0-9]{1,2}% }`, matching: [TRAIL], others: [USERS] },
  { pattern: "{ $.['cluster.name'] = \"c\" }", matching: [TRAIL], others: [USERS] },
  { pattern: "{ $.SomeObject IS NULL }", matching: [TRAIL], others: [USERS] },
  {
    pattern: "{ $.SomeOtherObject NOT EXISTS }",
    matching: [TRAIL],
    others: ['{"SomeOtherObject":null}', "no JSON"],
  },
  { pattern: "{ $.SomeObject EXISTS }", matching: [TRAIL], others: [USERS] },
  {
    pattern: '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
    matching: [USERS],
    others: [TRAIL],
  },
  {
    pattern:
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }',
    matching: [USERS],
    others: [TRAIL],
  },
  {
    pattern:
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }',
    matching: [],
    others: [USERS],
  },
  {
    pattern: '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }',
    matching: [],
    others: [USERS],
  },
  { pattern: "{ $.bandwidth > 75 }", matching: [NUMBERS], others: ['{"bandwidth":75}'] },
  { pattern: "{ $.latency < 50 }", matching: [NUMBERS], others: ['{"latency":50}'] },
  { pattern: "{ $.refreshRate >= 60 }", matching: [NUMBERS], others: ['{"refreshRate":59.9}'] },
  { pattern: "{ $.responseTime <= 5 }", matching: [NUMBERS], others: ['{"responseTime":5.1}'] },
  {
    pattern: "{ $.errorCode = 400}",
    matching: [NUMBERS, '{"errorCode":4e2}'],
    others: ['{"errorCode":401}'],
  },
  { pattern: "{ $.errorCode != 500 }", matching: [NUMBERS], others: ['{"errorCode":500}', TRAIL] },
  { pattern: "{ $.number[0] = 1e+3 }", matching: [NUMBERS], others: [TRAIL] },
  { pattern: "{ $.number[0] != 1e-3 }", matching: [NUMBERS], others: ['{"number":[0.001]}'] },
  { pattern: "{ $.errorCode = 4* }", matching: [NUMBERS], others: ['{"errorCode":500}'] },
  { pattern: "{ $.latency = * }", matching: [NUMBERS], others: [TRAIL] },

  { pattern: "[]", matching: [ACCESS, ""], others: [] },
  {
    pattern: String.raw`[ip=%127\.0\.0\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]`,
    matching: [ACCESS],
    others: [ACCESS.replace("404", "200"), ACCESS.replace("127.0.0.1", "127.0.1.1"), GET_TOP],
  },
  { pattern: "[..., request =*.html*, status_code = 4*, bytes]", matching: [ACCESS], others: [GET_TOP] },
  {
    pattern:
      "[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]",
    matching: [ACCESS, ACCESS.replace("404", "410")],
    others: [ACCESS.replace("404", "411")],
  },
  { pattern: "[ip, user, ..., bytes > 1000]", matching: [ACCESS], others: [ACCESS.replace("1534", "999")] },
  { pattern: "[w1=ERROR, w2]", matching: [FAILED], others: [WARNING, GET_TOP, "ERROR"] },
  { pattern: "[w1=ERROR || w1=WARNING, w2]", matching: [FAILED, WARNING], others: [GET_TOP] },
  { pattern: "[w1!=ERROR && w1!=WARNING, w2]", matching: [GET_TOP, POST_CHILD], others: [FAILED, WARNING] },
  {
    pattern: "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]",
    matching: [GET_TOP],
    others: [POST_CHILD, FAILED],
  },
  {
    pattern: "[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]",
    matching: [POST_CHILD],
    others: [GET_TOP],
  },
];
