import { expect, test } from "vitest";
import { explainGitFailure } from "./git-failure.ts";

const url = "https://host/web.git";

test.each([
  ["fatal: Authentication failed for 'https://host/web.git/'", "unauthorized"],
  ["fatal: could not read Username for 'https://host': terminal prompts disabled", "unauthorized"],
  ["fatal: unable to access 'https://host/web.git/': The requested URL returned error: 403", "unauthorized"],
  ["git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.", "unauthorized"],
  ["remote: Not Found\nfatal: repository 'https://host/web.git/' not found", "not-found"],
  ["ERROR: Repository not found.\nfatal: Could not read from remote repository.", "not-found"],
  ["fatal: '/x.git' does not appear to be a git repository", "not-found"],
  ["fatal: couldn't find remote ref refs/heads/x", "no-branch"],
  ["fatal: remote error: upload-pack: not our ref 1111111111111111111111111111111111111111", "no-commit"],
  [
    "fatal: unable to access 'x': Failed to connect to host port 443 after 1 ms: Couldn't connect",
    "unreachable",
  ],
  ["fatal: unable to access 'x': Could not resolve host: host", "unreachable"],
  ["fatal: unable to access 'x': The requested URL returned error: 502", "unreachable"],
  ["ssh: connect to host host port 22: Connection refused", "unreachable"],
  ["error: RPC failed; curl 18 transfer closed with outstanding read data remaining", "unreachable"],
  ["fatal: unable to access 'x': SSL certificate problem: self-signed certificate", "unreachable"],
  ["Host key verification failed.\nfatal: Could not read from remote repository.", "refused"],
  [
    "error: object 123abc: gitmodulesUrl: disallowed submodule url: -x\nfatal: fsck error in packed object",
    "refused",
  ],
  ["error: index-pack died of signal 25\nfatal: index-pack failed", "too-large"],
  ["fatal: fetch-pack: invalid index-pack output", "too-large"],
  ["fatal: write error: No space left on device", "other"],
])("%s means %s", (stderr, problem) => {
  expect(explainGitFailure(stderr, { url })).toMatchObject({ problem });
});

test("what nobody knows is quoted in part, without addresses, control characters or the server's words", () => {
  const stderr = "remote: token sesame\nfatal: odd\u001b[31m thing at https://me:sesame@host/x\nmore";
  const { problem, message } = explainGitFailure(stderr, { url });
  expect(problem).toBe("other");
  expect(message).toContain("odd [31m thing at (address)");
  expect(message).not.toContain("sesame");
});
