import { expect, test } from "vitest";
import { assertNoRemoteSources } from "./dockerfile-check.ts";

test.each([
  "ADD http://127.0.0.1/x /x",
  "  add --chown=1:1 https://example.com/a /a",
  "ONBUILD ADD http://127.0.0.1/x /x",
  'ADD ["http://127.0.0.1/x", "/x"]',
  String.raw`ADD ["http\u003a//127.0.0.1/x", "/x"]`,
  'ADD http:"//"127.0.0.1/x /x',
  String.raw`ADD http:\//127.0.0.1/x /x`,
  "ADD \\\n  # a comment\n  http://127.0.0.1/x \\\n  /x",
  "ADD $URL /x",
  "ADD ${URL} /x",
  "ADD git@example.com:a/b.git /x",
  "ADD me@example.com:a/b.git /x",
  'ADD ["git@example.com:a/b.git", "/x"]',
  "ADD \\\n\n  \u0085\nhttp://127.0.0.1/x /x",
  "ADD \\\n\u0085# a comment\nhttp://127.0.0.1/x /x",
  "\u0085ADD http://127.0.0.1/x /x",
  "ONBUILD \u0085ADD http://127.0.0.1/x /x",
  "ADD git://example.com/a /x",
])("refuses %j and names its line", (instruction) => {
  expect(() => assertNoRemoteSources(`FROM a\n\n${instruction}\nRUN true\n`)).toThrow(
    /^Dockerfile, line 3: ADD takes/,
  );
});

test("refuses it with another escape character", () => {
  expect(() => assertNoRemoteSources("# escape=`\nFROM a\nADD `\n http://a/x /x\n")).toThrow(/line 3/);
});

test.each([
  ["a line that ends in another blank", "ENV a=b\\\u00a0"],
  ["a form feed", "ENV a=b\\\f"],
  ["a doubled backslash", "ENV a=b\\\\"],
  ["a line that is empty for one of us only", "ENV a=b \\\n\uFEFF"],
  ["a comment for one of us only", "ENV a=b \\\n\uFEFF# x"],
  ["the end of a here-document", "RUN <<'E\\'\nE\\"],
])("finds an ADD behind %s", (_, before) => {
  const text = `FROM a\n${before}\nADD http://127.0.0.1/x /x\n`;
  expect(() => assertNoRemoteSources(text)).toThrow(/ADD takes/);
});

test.each(["# a comment\n# escape=`\nFROM a\nRUN true `", "\t# escape=`\nFROM a\nRUN true \\"])(
  "does not trust the escape directive of %j",
  (before) => {
    expect(() => assertNoRemoteSources(`${before}\nADD http://127.0.0.1/x /x\n`)).toThrow(/ADD takes/);
  },
);

test.each([
  "RUN apk \\\n  add $PACKAGES",
  "RUN cat <<EOF > /x\nadd this\nEOF",
  "ADD app.tar.gz /app",
  'ADD ["a b", "/x"]',
  "RUN curl http://example.com/add",
  "# ADD http://example.com/x /x",
  "COPY ${FILE} /x",
  "ENV ADD=http://a",
])("leaves %j alone", (instruction) => {
  expect(() => assertNoRemoteSources(`FROM a\n${instruction}\n`)).not.toThrow();
});
