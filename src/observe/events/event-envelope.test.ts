import { describe, expect, it } from "vitest";
import { eventBody, type SentEvent } from "./event-envelope.ts";

const scope = { account: "000000000000", region: "us-east-1" };

function said(detail: Readonly<Record<string, string>>, message = "Service update failed."): string {
  const event: SentEvent = {
    id: "1",
    atMs: 1_800_000_000_000,
    detailType: "AppRunner Service Operation Status Change",
    severity: "ERROR",
    serviceId: null,
    message,
    resources: [],
    detail,
  };
  const body = JSON.parse(eventBody(event, "chat", scope)) as Readonly<Record<string, string>>;
  // Discord refuses what it does not know, others take it for a setting.
  expect(Object.keys(body)).toEqual(["text"]);
  return body["text"] ?? "";
}

describe("a chat message", () => {
  it("is one text: how grave, whose, what, and why", () => {
    expect(said({ serviceName: "shop", failureMessage: "It exited with code 3." })).toBe(
      "[ERROR] shop: Service update failed. It exited with code 3.",
    );
  });

  it.each(["@everyone", "@here", "<!channel>", "<@U123>", "<users/all>"])("calls nobody by %s", (mention) => {
    const text = said({ failureMessage: mention });
    expect(text).not.toContain(mention);
    expect(text).not.toMatch(/<|@[a-z]/i);
  });

  it.each(["<https://evil.test|log in>", "[log in](https://evil.test)", "![](https://evil.test/x.png)"])(
    "hides no address as in %s",
    (link) => {
      expect(said({ failureMessage: link })).not.toMatch(/<https|\]\(/);
    },
  );

  it("hides no address that is told on another line", () => {
    const text = said({ failureMessage: "[log in][1] [1]\n[1]: https://evil.test" });
    expect(text).not.toMatch(/\]\[|\]:/);
  });

  it("ends where chats end it, between two characters", () => {
    for (const start of ["", "x"]) {
      const text = said({ failureMessage: `${start}${"😀".repeat(2_000)}` });
      expect(text.length).toBeLessThanOrEqual(2_000);
      expect(text.isWellFormed()).toBe(true);
    }
  });
});
