import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ExampleFiles, examplesDirectory } from "./example-files.ts";

test("every example that is told of came along, and the first needs nothing but itself", async () => {
  const examples = new ExampleFiles(examplesDirectory());
  const listed = await examples.list();
  expect(listed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["hello", "node", "python", "go", "ruby", "php", "java", "dockerfile"]),
  );
  expect(listed[0]?.name).toBe("hello");
  const paths = (await examples.filesOf("hello"))?.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["Dockerfile", "server.js", "package.json"]));
});

test("files keep their place and whether they can be run; what is no example has none", async () => {
  const directory = await mkdtemp(join(tmpdir(), "slipway-examples-"));
  try {
    await mkdir(join(directory, "php", "public"), { recursive: true });
    await mkdir(join(directory, "other"));
    await writeFile(join(directory, "php", "start.sh"), "#!/bin/sh\n", { mode: 0o755 });
    await writeFile(join(directory, "php", "public", "index.php"), "<?php\n", { mode: 0o644 });
    const examples = new ExampleFiles(directory);
    expect((await examples.list()).map(({ name }) => name)).toEqual(["php"]);
    expect(await examples.filesOf("php")).toEqual([
      { path: "public/index.php", isExecutable: false, content: "<?php\n" },
      { path: "start.sh", isExecutable: true, content: "#!/bin/sh\n" },
    ]);
    expect(await examples.filesOf("other")).toBeNull();
    expect(await new ExampleFiles(join(directory, "none")).list()).toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
