import type { Handler } from "../handler.ts";

/** Ours: the example applications that a repository can begin with. */
export const listExamples: Handler<"ListExamples"> = async (_input, { examples }) => ({
  Examples: (await examples.list()).map(({ name, title, description }) => ({
    Name: name,
    Title: title,
    Description: description,
  })),
});
