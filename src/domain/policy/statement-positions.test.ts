import { expect, test } from "vitest";
import { statementPositions } from "./statement-positions.ts";

test("statements of a list are found by line and column, whatever their texts hold", () => {
  const text = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "One{[", "Effect": "Allow", "Action": ["a:B"], "Resource": "*" },
    {
      "Effect": "Deny", "Condition": { "Bool": { "aws:x\\"}": "true" } },
      "Action": "*", "Resource": "*"
    }
  ]
}`;
  expect(statementPositions(text)).toEqual([
    { start: { line: 4, column: 5 }, end: { line: 4, column: 77 } },
    { start: { line: 5, column: 5 }, end: { line: 8, column: 5 } },
  ]);
});

test("a statement without a list is found too; of two members of that name the last counts", () => {
  expect(statementPositions('{"Statement":{"Effect":"Allow"}}')).toEqual([
    { start: { line: 1, column: 14 }, end: { line: 1, column: 31 } },
  ]);
  expect(statementPositions('{"Statement":{"Effect":"Allow"},"\\u0053tatement":[{}]}')).toEqual([
    { start: { line: 1, column: 51 }, end: { line: 1, column: 52 } },
  ]);
});
